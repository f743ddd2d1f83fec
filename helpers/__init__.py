"""Shared code of the notebook series on audio-visual emotion recognition in the wild.

Data flows one way: corpus, manifest, features, model, clip scores, fusion, results.
Importing a module does no work; TensorFlow is imported only where networks are built or trained.
"""
