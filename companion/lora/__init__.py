"""The default encoder fitted to one task: corrections of low rank (LoRA) and an output layer."""
