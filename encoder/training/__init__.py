"""Makes the encoder again from published weights and the texts of `data/`: `python -m encoder.training`.

Needs PyTorch, which neither gateway nor engine do; `make encoder` gives it an environment of its own.
"""
