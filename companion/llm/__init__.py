"""Language models: the only room that knows LiteLLM and the embedded engine."""
