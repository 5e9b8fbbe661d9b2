"""What is learnt: targets, samples, schedules, labels, data."""
