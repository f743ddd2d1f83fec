// Asks in words, then records picture and sound for some seconds in the browser of a user of Colab.
// Returns {type, data, keep}: MIME type, base64, and whether the file is to be kept; or {error}.
async (seconds) => {
  const panel = document.createElement("div");
  panel.style.cssText = "max-width: 34em; font: 16px/1.5 sans-serif";
  panel.innerHTML = `
    <p>This records ${seconds} seconds of picture and sound with the camera and the microphone of
    this computer. The recording goes to the runtime in which this notebook runs, a machine of
    Google's, and from there nowhere else. It is deleted as soon as it has been answered.
    Record yourself, or somebody who knows this and agrees.</p>
    <p><label><input type="checkbox" class="keep"> Keep the file in the runtime</label></p>
    <p><button class="agree">I agree: record</button> <button class="decline">No</button></p>
    <video muted playsinline style="width: 240px; transform: scaleX(-1)" hidden></video>
    <p class="said" role="status"></p>`;
  document.body.append(panel);
  const part = (name) => panel.querySelector(name);
  window.google?.colab?.output?.setIframeHeight?.(480, true);
  let stream;
  try {
    const agreed = await new Promise((choose) => {
      part(".agree").onclick = () => choose(true);
      part(".decline").onclick = () => choose(false);
    });
    if (!agreed) return { error: "declined" };
    part(".agree").disabled = part(".decline").disabled = part(".keep").disabled = true;
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, facingMode: "user" },
      audio: true,
    });
    part("video").hidden = false;
    part("video").srcObject = stream;
    await part("video").play();
    const types = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, { mimeType });
    const chunks = [];
    recorder.ondataavailable = (event) => chunks.push(event.data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let left = seconds; left > 0; left--) {
      part(".said").textContent = `Recording: ${left}`;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    recorder.stop();
    await stopped;
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob(chunks));
    });
    return { type: recorder.mimeType, data: url.split(",")[1], keep: part(".keep").checked };
  } catch (error) {
    return { error: error.name || "Error", message: String(error.message || error) };
  } finally {
    stream?.getTracks().forEach((track) => track.stop());
    panel.remove();
  }
}
