"""Adam (Kingma and Ba, 2015), each array of weights changed by one operation of TensorFlow.

Keras writes the rule as a dozen operations, every one of which walks through all weights again. On
a CPU that is a good part of a training step where a large dense layer meets small batches.
"""

import keras
import tensorflow as tf

_OF_KERAS = ("_get_variable_index", "_momentums", "_velocities")
"""Not in Keras's documentation, so another version may name them otherwise."""


class FusedAdam(keras.optimizers.Adam):
    """``keras.optimizers.Adam``, without ``amsgrad``: the same steps in less time."""

    def update_step(self, gradient, variable, learning_rate) -> None:
        """Change one array of weights; Keras calls this for each."""
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=self.beta_1**step,
            beta2_power=self.beta_2**step,
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )


def adam(*arguments, **options) -> keras.optimizers.Adam:
    """Return a :class:`FusedAdam`, or Keras's own where Keras has not what that one touches."""
    optimizer = FusedAdam(*arguments, **options)
    optimizer.build([keras.Variable(0.0)])
    found = all(hasattr(optimizer, name) for name in _OF_KERAS)
    return (FusedAdam if found else keras.optimizers.Adam)(*arguments, **options)
