"""Chat completions in the format of OpenAI's API, for chat front ends."""
