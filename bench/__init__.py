"""Benchmarks: each sets Lantern beside a rival in one run, prints ratios and writes bench/results/."""
