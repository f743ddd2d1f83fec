"""The checks of the lab editions: the true solution, an empty answer, and typical wrong ones."""

import re

import numpy as np
import pytest

from helpers.paths import repository_root
from helpers.series.labs import (
    audio_logmel,
    audio_spectrogram_images,
    faces_baseline,
    fusion,
    pairs,
    sfew_in_the_wild,
    then_and_now,
    vgg16_transfer,
    video_late_fusion,
)
from helpers.series.labs.exercises import tasks
from helpers.series.labs.verdict import NotYet, Right, result_of
from helpers.series.sources import find_sources, notebooks_folder


def wrong(message, check, *answer):
    """Assert that a check refuses an answer and says why in one sentence."""
    with pytest.raises(NotYet, match=message) as caught:
        check(*answer)
    said = str(caught.value)
    assert said.endswith((".", "?")) and "\n" not in said and len(said) < 250
    assert caught.value._render_traceback_() == [f"Not yet: {said}"]


def right(check, *answer):
    verdict = check(*answer)
    assert isinstance(verdict, Right)
    assert repr(verdict) == f"Right. {verdict}"


def empty(*_, **__):
    raise NotImplementedError("Start here: something")


def says(value):
    """Return a function that returns a value whatever it is given."""
    return lambda *_, **__: value


def test_what_a_students_function_does_wrong_is_said_in_a_sentence():
    def fails(x):
        return 1 / x

    wrong("`fails` stopped with ZeroDivisionError: division by zero", result_of, fails, 0)
    wrong("returns nothing: does it end in a `return`", result_of, says(None))
    wrong(
        "raise` line is still there: start in the cell above, at YOUR CODE HERE", result_of, empty
    )
    wrong("is empty", result_of, ...)
    assert result_of(fails, 2) == 0.5


def test_every_task_has_its_check_and_every_check_is_used():
    for source in find_sources(notebooks_folder()):
        if not tasks(source):
            continue
        text = source.path.read_text(encoding="utf-8")
        module = re.search(r"from helpers\.series\.labs import .*?(\w+) as checks", text)[1]
        assert module == source.name[3:]
        code = (repository_root() / "helpers" / "series" / "labs" / f"{module}.py").read_text(
            "utf-8"
        )
        called = re.findall(r"^checks\.(\w+)\(", text, flags=re.MULTILINE)
        defined = re.findall(r"^def ([a-z]\w+)\(", code, flags=re.MULTILINE)
        assert called == defined
        assert len(called) == len(tasks(source))


# 01


def small_cnn(
    input_shape,
    classes,
    momentum,
    *,
    filters=64,
    rate=0.5,
    pool_first=False,
    dense=512,
    forget_momentum=None,
    activation="relu",
    padding="valid",
    skip_dropout=False,
):
    import keras
    from keras import layers

    pictures = keras.Input(input_shape)
    x = layers.Conv2D(32, 3, activation="relu")(pictures)
    x = layers.MaxPooling2D(2)(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Conv2D(filters, 3, activation=activation, padding=padding)(x)
    if pool_first:
        x = layers.MaxPooling2D(2)(x)
    x = layers.BatchNormalization(momentum=forget_momentum or momentum)(x)
    if not skip_dropout:
        x = layers.Dropout(rate)(x)
    if not pool_first:
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(dense, activation="relu")(x)
    return keras.Model(pictures, layers.Dense(classes, activation="softmax")(x))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({}, ""),
        ({"filters": 32}, "in layer 5 .*, a Conv2D, `filters` is 32, asked for was 64"),
        ({"rate": 0.25}, "a Dropout, `rate` is 0.25, asked for was 0.5"),
        ({"dense": 128}, "in layer 10 .*, a Dense, `units` is 128, asked for was 512"),
        ({"padding": "same"}, "a Conv2D, `padding` is same, asked for was valid"),
        ({"activation": None}, "a Conv2D, `activation` is linear, asked for was relu"),
        ({"forget_momentum": 0.99}, "7, 0.8.: in layer 6 .* `momentum` is 0.99, asked for was 0.8"),
        ({"forget_momentum": 0.9}, "`momentum` is 0.9, asked for was 0.8"),
        ({"forget_momentum": 0.8}, "7, 0.6.: in layer 6 .* `momentum` is 0.8, asked for was 0.6"),
        ({"pool_first": True}, "in another order: look at layer 6 .*, a MaxPooling2D"),
        ({"skip_dropout": True}, "1 layer of the kind Dropout: too few"),
    ],
)
def test_the_network_of_01(mistake, message):
    def static_cnn(*arguments):
        return small_cnn(*arguments, **mistake)

    if mistake:
        wrong(message, faces_baseline.network, static_cnn)
    else:
        right(faces_baseline.network, static_cnn)


def test_the_network_of_01_left_empty_or_unfinished():
    wrong("is empty, or its `raise` line", faces_baseline.network, empty)
    wrong("returns nothing", faces_baseline.network, says(None))
    wrong("returns a str; a keras.Model", faces_baseline.network, says("a network"))


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        (..., "`unit` is empty: start in the cell above"),
        (None, "`unit` is None"),
        (3, "the name of a column of the manifest was asked for"),
        ("persons", "the name of a column of the manifest was asked for"),
        ("sample_id", "24 of 24 parts have people in them who are in the rest as well"),
        ("path", "24 of 24 parts"),
        ("split", "2 of 2 parts"),
        ("emotion", "2 of 2 parts"),
        ("age_group", "nobody has been met, but everybody of one kind is a stranger at once"),
        ("gender", "everybody of one kind"),
    ],
)
def test_the_unit_of_01_wrong(unit, message):
    wrong(message, faces_baseline.unit_of_the_fold, unit)


def test_the_unit_of_01():
    right(faces_baseline.unit_of_the_fold, "group")


MOVED = [moved for moved, _ in pairs.PAIRS]


@pytest.mark.parametrize(
    ("moved", "message"),
    [
        (..., "`moved` is empty"),
        ("intensity", "should be a list of 4 words"),
        (MOVED[:3], "should be a list of 4 words"),
        (["smile", *MOVED[1:]], "Pair 1: 'smile' is none of person, emotion"),
        (["emotion", *MOVED[1:]], "Pair 1: not emotion; it is the same face with less"),
        ([MOVED[0], "emotion", *MOVED[2:]], "Pair 2: not emotion; the emotion is the same one"),
        ([*MOVED[:2], "turn", MOVED[3]], "Pair 3: not turn; nothing of the face has moved"),
        ([*MOVED[:3], "intensity"], "Pair 4: not intensity; the same person shows something else"),
    ],
)
def test_what_was_moved_wrong(moved, message):
    wrong(message, faces_baseline.what_was_moved, moved)


def test_what_was_moved():
    right(faces_baseline.what_was_moved, MOVED)
    right(faces_baseline.what_was_moved, tuple(MOVED))


def test_in_each_pair_of_01_the_picture_changes_with_what_was_moved():
    figure = pairs.show_pairs()
    shown = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert len(shown) == 2 * len(pairs.PAIRS)
    above, below = shown[: len(pairs.PAIRS)], shown[len(pairs.PAIRS) :]
    assert all((one == above[0]).all() for one in above)
    assert all((one != other).any() for one, other in zip(above, below, strict=True))
    assert all(set(changes) == {moved} for moved, changes in pairs.PAIRS)


# 02


def test_the_line_to_beat():
    check = sfew_in_the_wild.line_to_beat

    def commonest(labels):
        return np.bincount(labels).argmax()

    right(check, lambda train, test: np.mean(test == commonest(train)))
    wrong("is empty", check, empty)
    wrong("returns nothing", check, says(None))
    wrong("the fraction of the commonest class in train", check,
          lambda train, test: np.mean(train == commonest(train)))  # fmt: skip
    wrong("commonest class of the test set was taken", check,
          lambda train, test: np.mean(test == commonest(test)))  # fmt: skip
    wrong("a count; which fraction", check, lambda train, test: np.sum(test == commonest(train)))
    wrong("in per cent", check, lambda train, test: 100 * np.mean(test == commonest(train)))
    wrong("a guess at random", check, lambda train, test: 1 / len(np.unique(train)))
    wrong("which class is the commonest", check, lambda train, test: commonest(train))
    wrong("have changed places", check, lambda train, test: np.mean(train == commonest(test)))

    def place(labels):
        return np.unique(labels, return_counts=True)[1].argmax()

    wrong(
        "a place in the list of classes", check, lambda train, test: np.mean(test == place(train))
    )
    wrong("which is not what was asked for", check, says(0.9))
    for shortcut in (np.min, np.max, np.median, lambda train: train[0]):
        with pytest.raises(NotYet):
            check(lambda train, test, shortcut=shortcut: np.mean(test == shortcut(train)))


def test_one_thing_is_changed():
    check = sfew_in_the_wild.settings_for
    most = {"turn": 35, "light": 1, "clutter": 1}

    def solution(thing, degree):
        return {name: degree * most[name] * (thing in (name, "all three")) for name in most}

    right(check, solution)
    wrong("is empty", check, empty)
    wrong("a dictionary with turn, light and clutter", check,
          lambda thing, degree: {"pose": degree})  # fmt: skip
    wrong("`turn` and `clutter` is missing: give each a number, 0 where", check,
          lambda thing, degree: {thing: degree})  # fmt: skip
    wrong("turned up too", check,
          lambda thing, degree: {name: degree * most[name] for name in most})  # fmt: skip
    wrong("'light' and a degree of 0.5, `light` is 1: all of it", check,
          lambda thing, degree: {name: most[name] * (thing == name) for name in most})  # fmt: skip
    wrong("'turn' and a degree of 0.4, `turn` is 0.4: all of it, 35", check,
          lambda thing, degree: {name: degree * (thing == name) for name in most})  # fmt: skip
    wrong("'turn' and a degree of 0.4, `turn` is 0: it is to be", check,
          lambda thing, degree: dict(solution(thing, degree), turn=0))  # fmt: skip


def test_what_would_convince():
    check = sfew_in_the_wild.convincing
    right(check, "c")
    right(check, " C ")
    wrong("is empty", check, ...)
    wrong("one letter of a, b, c, d", check, "the third")
    wrong("a: the emotions are not equally frequent", check, "a")
    wrong("b: stills that were learned", check, "b")
    wrong("d: the best of twelve", check, "d")


def test_how_right_it_is_when_it_is_sure():
    check = sfew_in_the_wild.right_when_sure

    def by(combine):
        """Make an answer of what is sure and what is right."""

        def answer(values, true, threshold):
            return combine(values.max(axis=1) >= threshold, values.argmax(axis=1) == true)

        return answer

    right(check, by(lambda sure, is_right: is_right[sure].mean()))
    wrong("is empty", check, empty)
    wrong("returns nothing", check, says(None))
    wrong("of all answers, sure or not", check, by(lambda sure, is_right: is_right.mean()))
    wrong("divided by all answers", check, by(lambda sure, is_right: (is_right & sure).mean()))
    wrong("how many are sure", check, by(lambda sure, is_right: sure.mean()))
    wrong("the other way round", check, by(lambda sure, is_right: sure[is_right].mean()))
    wrong("a count", check, by(lambda sure, is_right: is_right[sure].sum()))
    wrong("in per cent", check, by(lambda sure, is_right: 100 * is_right[sure].mean()))
    wrong("just the threshold", check,
          lambda values, true, threshold: by(lambda sure, is_right: is_right[sure].mean())(
              values, true, threshold + 1e-9))  # fmt: skip


# 03


def vgg16(input_shape, classes, unfrozen_blocks, blocks, *, trained=None, head=True):
    from helpers.models.vgg16 import vgg16_classifier

    model = vgg16_classifier(
        input_shape, classes, weights="none", unfrozen_blocks=unfrozen_blocks, blocks=blocks,
        dense_units=8,
    )  # fmt: skip
    for layer in model.layers:
        if layer.name.startswith("block") and trained is not None:
            layer.trainable = trained(int(layer.name[5]), unfrozen_blocks)
        elif not layer.name.startswith("block"):
            layer.trainable = head
    return model


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({}, ""),
        ({"trained": lambda block, thawed: block <= thawed}, "With 2 of 5 .* is trained: count"),
        ({"trained": lambda block, thawed: block > 5 - thawed}, "1 of 4 blocks .*4_conv1` is froz"),
        ({"trained": lambda block, thawed: block >= 5 - thawed}, "block3_conv1` is trained"),
        ({"trained": lambda block, thawed: block >= 4}, "With 0 of 5"),
        ({"trained": lambda block, thawed: False}, "block4_conv1` is frozen"),
        ({"head": False}, "`dense` is new and knows nothing yet"),
    ],
)
def test_frozen_layers(mistake, message):
    def vgg16_classifier(*arguments):
        return vgg16(*arguments, **mistake)

    if mistake:
        wrong(message, vgg16_transfer.frozen_layers, vgg16_classifier)
    else:
        right(vgg16_transfer.frozen_layers, vgg16_classifier)


def test_frozen_layers_left_empty():
    wrong("is empty", vgg16_transfer.frozen_layers, empty)
    wrong("returns nothing", vgg16_transfer.frozen_layers, says(None))


def test_what_the_control_of_03_rules_out():
    check = vgg16_transfer.ruled_out
    right(check, {"depth", "colour", "steps"})
    right(check, ["steps", "colour", "depth"])
    wrong("is empty", check, ...)
    wrong("is a str; a set", check, "depth")
    wrong("differ in their `weights`", check, {"depth", "colour", "steps", "weights"})
    wrong("differ in their `weights`", check, {"weights"})
    wrong("`steps`: is it another one", check, {"depth", "colour"})
    wrong("none of the four reasons", check, {"depth", "colour", "steps", "luck"})


def broken_split(train, test, seed, *, lot=True, same_size=True, apart=True, twins=True):
    rng = np.random.default_rng(seed)
    mixed, kept = (rng.permutation(rows) if lot else rows for rows in (test, train))
    asked, joined = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    if not apart:
        joined = np.append(joined[1:], asked[0])
    if not twins:
        return train, asked
    return np.append(kept[: len(train) - len(joined)] if same_size else kept, joined), asked


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({"lot": False}, "side by side"),
        ({"same_size": False}, "120 different rows are trained on, 90 were before"),
        ({"apart": False}, "1 rows are on both sides"),
        ({"twins": False}, "No test row is trained on"),
    ],
)
def test_broken_split_of_03_wrong(mistake, message):
    wrong(message, vgg16_transfer.broken_split, lambda *rows: broken_split(*rows, **mistake))


def test_broken_split_of_03():
    check = vgg16_transfer.broken_split
    right(check, broken_split)
    wrong("is empty", check, empty)
    wrong("Two arrays of rows", check, says(np.arange(30)))
    wrong("60 of the rows to ask about are not in `test`", check, lambda *r: broken_split(*r)[::-1])
    wrong("60 of 60 test rows", check, lambda train, test, seed: (train, test))
    wrong("asked about more than once", check,
          lambda train, test, seed: (train, np.repeat(test[::4], 2)))  # fmt: skip


# 04


def means(scores, clips, *, divide=True, sort=True, order=1, every=False):
    found = np.unique(clips)[::order]
    rows = [scores[clips == clip] if sort else scores[: np.sum(clips == clip)] for clip in found]
    if every:
        rows = [scores for _ in found]
    return found, np.array([part.mean(axis=0) if divide else part.sum(axis=0) for part in rows])


def test_mean_of_frames():
    check = video_late_fusion.mean_of_frames
    right(check, means)
    wrong("is empty", check, empty)
    wrong("Two things should be returned", check, lambda s, c: means(s, c)[1])
    wrong("4 clips among these frames; 17 come out", check, lambda s, c: (c, s))
    wrong(r"shape \(3, 4\)", check, lambda s, c: (np.unique(c), means(s, c)[1].T))
    wrong("ascending order", check, lambda s, c: means(s, c, order=-1))
    wrong("These are sums", check, lambda s, c: means(s, c, divide=False))
    wrong("not that of its own frames", check, lambda s, c: means(s, c, every=True))
    wrong("are they sorted by clip", check, lambda s, c: means(s, c, sort=False))

    def in_place(scores, clips):
        values = means(scores, clips)
        scores *= 0
        return values

    wrong("have been changed", check, in_place)


def test_the_unit_of_04():
    check = video_late_fusion.unit
    right(check, "film")
    wrong("is empty", check, ...)
    wrong("near-twins", check, "still")
    wrong("same actors, rooms, light", check, "clip")
    wrong("'Films'; still, clip or film", check, "Films")
    wrong("is a int; one word", check, 3)


def doubtful(values, labels, count):
    return np.argsort(values[np.arange(len(labels)), labels])[:count]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (empty, "is empty"),
        (lambda v, y, n: doubtful(-v, y, n), "believes most"),
        (lambda v, y, n: np.argsort(v.max(axis=1), kind="stable")[:n], "in doubt about everything"),
        (lambda v, y, n: doubtful(v, y, n)[::-1], "the most doubtful goes first"),
        (lambda v, y, n: doubtful(v, y, 5), r"shape \(5,\) is returned; three"),
        (lambda v, y, n: v[(places := doubtful(v, y, n)), y[places]], "float64 of shape"),
        (lambda v, y, n: np.array([0, 1, 3]), "smaller ones are left"),
    ],
)
def test_most_doubtful_of_04_wrong(answer, message):
    wrong(message, video_late_fusion.most_doubtful, answer)


def test_most_doubtful_of_04():
    right(video_late_fusion.most_doubtful, doubtful)
    right(video_late_fusion.most_doubtful, lambda *given: doubtful(*given).tolist())


# 05


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda lengths, train, test: lengths[train].max(), ""),
        (lambda lengths, train, test: int(max(lengths[row] for row in train)), ""),
        (empty, "is empty"),
        (says(None), "returns nothing"),
        (lambda lengths, train, test: lengths.max(), "A test clip decides here"),
        (lambda lengths, train, test: lengths[test].max(), "A test clip decides here"),
        (lambda lengths, train, test: lengths[train].mean(), "That is the mean"),
        (lambda lengths, train, test: lengths[train].min(), "the shortest training clip"),
        (lambda lengths, train, test: lengths[train].max() / 22050, "in seconds"),
        (lambda lengths, train, test: lengths[train], "of the type ndarray; one number"),
        (lambda lengths, train, test: train[lengths[train].argmax()], "it is 2"),
        (says(26000), "For training clips of"),
    ],
)
def test_common_length(answer, message):
    if message:
        wrong(message, audio_logmel.common_length, answer)
    else:
        right(audio_logmel.common_length, answer)


def test_the_unit_of_05():
    check = audio_logmel.unit
    right(check, "group")
    wrong("`unit` is empty", check, ...)
    wrong("the name of a column", check, "recording")
    wrong("the name of a column", check, 2)
    wrong("Divided by path, pieces of one recording", check, "path")
    wrong("Divided by salience, pieces of one recording", check, "salience")
    wrong("kinds of sound that they have never heard", check, "sound_class")


def test_the_explanation_of_05():
    check = audio_logmel.explanation
    right(check, "b")
    right(check, " B")
    wrong("`explanation` is empty", check, ...)
    wrong("one letter of a, b, c", check, "d")
    wrong("one letter of a, b, c", check, 2)
    wrong("by heart are only those", check, "a")
    wrong("what the curve does", check, "c")


# 06


def draw(power, size, *, flip=True, mirror=False, overflow=False, from_loudest=False, guard=True):
    import matplotlib
    from PIL import Image

    from helpers.features.spectrograms import to_decibels

    decibels = to_decibels(power)[:: -1 if flip else 1, :: -1 if mirror else 1]
    above = decibels - decibels.min()
    levels = above / (max(above.max(), 1e-6) if guard else np.float32(above.max())) * 256
    levels = np.where(levels >= 256, 0, levels) if overflow else np.minimum(levels, 255)
    levels = (255 - levels if from_loudest else levels).astype(np.uint8)
    palette = matplotlib.colormaps["magma"](np.arange(256), bytes=True)[:, :3]
    height, width = size
    picture = Image.fromarray(palette[levels])
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({}, ""),
        ({"flip": False}, "upside down"),
        ({"mirror": True}, "mirrored"),
        ({"overflow": True}, "The loudest point is dark"),
        ({"from_loudest": True}, "is dark|The levels are others"),
    ],
)
def test_the_picture_of_06(mistake, message):
    def spectrogram_to_image(power, size):
        return draw(power, size, **mistake)

    if mistake:
        wrong(message, audio_spectrogram_images.picture, spectrogram_to_image)
    else:
        right(audio_spectrogram_images.picture, spectrogram_to_image)


def test_the_picture_of_06_left_empty_or_of_another_kind():
    check = audio_spectrogram_images.picture
    wrong("is empty", check, empty)
    wrong(r"shape \(64, 32, 3\)", check, lambda power, size: draw(power, size[::-1]))
    wrong("float64; uint8", check, lambda power, size: draw(power, size) / 255)

    def silent(power, size):
        return draw(power, size) if power.any() else np.full((*size, 3), 255, np.uint8)

    wrong("Silence should be dark", check, silent)


def test_the_unit_of_06():
    check = audio_spectrogram_images.unit
    right(check, "film")
    wrong("`unit` is empty", check, ...)
    wrong("the name of a column", check, "films")
    wrong("the name of a column", check, ["film"])
    wrong("Divided by sample_id, clips of one film", check, "sample_id")
    wrong("Divided by path, clips of one film", check, "path")
    wrong("an emotion that it has never heard", check, "emotion")


def test_the_explanation_of_06():
    check = audio_spectrogram_images.explanation
    right(check, "a")
    wrong("`explanation` is empty", check, ...)
    wrong("one letter of a, b, c", check, "because")
    wrong("upside down", check, "b")
    wrong("the spectrum is the same", check, "C")


# 07


def test_the_mean_rule():
    check = fusion.mean_rule
    right(check, lambda video, audio: np.argmax(video + audio, axis=1))
    right(check, lambda video, audio: np.add(video, audio, out=video).argmax(axis=1))
    wrong("is empty", check, empty)
    wrong("multiplies the two", check, lambda video, audio: (video * audio).argmax(axis=1))
    wrong(r"shape \(7,\)", check, lambda video, audio: (video + audio).argmax(axis=0))
    wrong(r"shape \(60, 7\)", check, lambda video, audio: (video + audio) / 2)
    wrong("of the type float64", check, lambda video, audio: (video + audio).max(axis=1))
    wrong("those of video alone", check, lambda video, audio: video.argmax(axis=1))
    wrong("those of audio alone", check, lambda video, audio: audio.argmax(axis=1))
    wrong(
        "single most confident", check, lambda video, audio: np.maximum(video, audio).argmax(axis=1)
    )
    wrong(
        "another emotion than the one whose mean",
        check, lambda video, audio: (video.argmax(axis=1) + audio.argmax(axis=1)) // 2,
    )  # fmt: skip


def test_who_may_teach():
    check = fusion.teachers
    right(check, ["out of fold, by film"])
    right(check, {"out of fold, by film"})
    wrong("`may_teach` is empty", check, ...)
    wrong("is a str; a list of names", check, "out of fold, by film")
    wrong("no scores called out of fold", check, ["out of fold"])
    wrong("The list is empty", check, [])
    for name, words in (("in sample", "by heart"), ("out of fold, by clip", "of its film"),
                        ("test", "nothing to test it on")):  # fmt: skip
        wrong(words, check, [name])
        wrong(words, check, [name, "out of fold, by film"])


def test_which_clips_decide():
    check = fusion.deciding_clips
    right(check, lambda first, second: first != second)
    right(check, lambda first, second: first ^ second)
    wrong("is empty", check, empty)
    wrong(r"shape \(\)", check, lambda first, second: np.sum(first != second))
    wrong("type int64", check, lambda first, second: np.flatnonzero(first != second))
    wrong("both have right are among", check, lambda first, second: first | second)
    wrong("Only clips that the second wins", check, lambda first, second: second & ~first)
    wrong("Only clips that the first wins", check, lambda first, second: first & ~second)
    wrong("equally well", check, lambda first, second: first == second)
    wrong("Some clips are in it", check, lambda first, second: ~(first & second))
    wrong("has been changed", check, lambda first, second: np.logical_xor(first, second, out=first))


# 08


def local_pattern(patch, first=0, step=1, compare=np.greater_equal, order=1):
    ring = [(1, 2), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2)]
    bits = [compare(patch[ring[(first + step * p) % 8]], patch[1, 1]) for p in range(8)]
    return sum(int(bit) << p for p, bit in enumerate(bits[::order]))


def test_the_pattern_of_08():
    check = then_and_now.pattern
    right(check, local_pattern)
    wrong("is empty", check, empty)
    wrong("clockwise", check, lambda patch: local_pattern(patch, step=-1))
    wrong("counts most", check, lambda patch: local_pattern(patch, order=-1))
    wrong("exchanged", check, lambda patch: local_pattern(patch, compare=np.less))
    wrong("Equal is as bright", check, lambda patch: local_pattern(patch, compare=np.greater))
    wrong("which neighbour is number 0", check, lambda patch: local_pattern(patch, first=2))
    wrong("a whole number", check, lambda patch: local_pattern(patch) / 255)
    wrong("eight bits", check, lambda patch: 2 * local_pattern(patch))
    wrong("stopped with IndexError", check, lambda patch: patch[3, 3])


def test_the_numbers_of_08_that_stay():
    check = then_and_now.same_histograms
    right(check, {"brighter"})
    wrong("is empty|YOUR CODE", check, ...)
    wrong("a set with some of", check, "brighter")
    wrong("darker that was brighter", check, set())
    wrong("backwards", check, {"brighter", "reversed"})
    wrong("change places", check, {"brighter", "mirrored"})


def test_the_answer_of_08_about_histograms_is_true():
    from helpers.features.lbp_top import lbp_top

    clip = np.random.default_rng(0).integers(0, 200, (9, 20, 20), dtype=np.uint8)
    changed = {"brighter": clip + 20, "reversed": clip[::-1], "mirrored": clip[:, :, ::-1]}
    same = {
        name for name, other in changed.items() if np.array_equal(lbp_top(other), lbp_top(clip))
    }
    right(then_and_now.same_histograms, same)


def test_the_checkpoint_of_08():
    check = then_and_now.checkpoint
    right(check, "enet_b0_8_best_afew", "validation")
    wrong("should be one of", check, "best", "validation")
    wrong("Nothing in the name enet_b2_8", check, "enet_b2_8", "validation")
    wrong("everybody may choose", check, "enet_b0_8_best_afew", "train")
    wrong("never given out", check, "enet_b0_8_best_afew", "test")
    wrong("`chosen_by` should be one of", check, "enet_b0_8_best_afew", "val")
