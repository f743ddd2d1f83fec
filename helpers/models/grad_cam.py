"""Which parts of a picture a network's decision rests on: Grad-CAM (Selvaraju et al. 2017)."""

import keras
import numpy as np

from helpers.runtime import import_tensorflow


def grad_cam(
    model: keras.Model, pictures: np.ndarray, classes: np.ndarray, layer: str = "block5_conv3"
) -> np.ndarray:
    """Return a heat map for each picture, from 0 to 1.

    The channels of a convolution are weighted by how much each raises the class's score, averaged
    over all places (equation 1 of the paper), and added up; what speaks against the class is cut
    off (equation 2). The score is the logarithm of the class's probability, since a softmax
    near 1 has hardly any gradient.

    Parameters
    ----------
    model : keras.Model
        Functional, from pictures to probabilities.
    pictures : float array (n, height, width, channels)
        On the model's scale.
    classes : int array (n,)
        The class to explain in each picture: the predicted one, or another.
    layer : str
        The convolution to look at. The later, the closer to the decision and the coarser.

    Returns
    -------
    float32 array (n, height, width)
        Resized to the pictures; all zero where nothing speaks for the class.

    Raises
    ------
    ValueError
        If the model has no such layer, or it is not a convolution.
    """
    tf = import_tensorflow()
    names = [one.name for one in model.layers]
    if layer not in names or len(model.get_layer(layer).output.shape) != 4:
        convolutions = [one.name for one in model.layers if isinstance(one, keras.layers.Conv2D)]
        raise ValueError(f"No convolution {layer!r} in {model.name}; it has {convolutions}.")
    both = keras.Model(model.input, [model.get_layer(layer).output, model.output])
    pictures = tf.convert_to_tensor(pictures, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(pictures)  # else nothing before a trained layer would be recorded
        maps, probabilities = both(pictures, training=False)
        chosen = tf.gather(probabilities, np.asarray(classes), axis=1, batch_dims=1)
        score = tf.math.log(chosen + keras.config.epsilon())
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1, keepdims=True))
    heat = tf.image.resize(heat, pictures.shape[1:3])[..., 0].numpy()
    highest = heat.max(axis=(1, 2), keepdims=True)
    return np.divide(heat, highest, out=np.zeros_like(heat), where=highest > 0)
