"""From a manifest to arrays: pictures, frames, sounds and their spectrograms."""
