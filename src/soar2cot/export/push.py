"""A data set to the Hugging Face hub, or to anything that speaks its language."""

from __future__ import annotations

from pathlib import Path

from soar2cot.errors import ConfigError


def push(folder: Path, repository: str, *, endpoint: str | None = None) -> str:
    """Uploads the folder in one commit; what is there already is not sent again. The card goes with it.

    Args:    repository: `owner/name`; it is made, private, where it does not exist.
             endpoint: another hub; None: huggingface.co. The token is the hub client's own (`hf auth login`, HF_TOKEN).
    Returns: the data set's address.
    Raises:  ConfigError: no client installed, no such right, no answer; the folder stays as it is.
    """
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise ConfigError("--push needs the hub's client: pip install 'soar2cot[hub]'") from error
    api = HfApi(endpoint=endpoint)
    try:
        api.create_repo(repository, repo_type="dataset", private=True, exist_ok=True)
        api.upload_folder(
            repo_id=repository,
            repo_type="dataset",
            folder_path=folder,
            commit_message="soar2cot export",
            ignore_patterns=["meta/*"],
            delete_patterns=["data/*", "jsonl/*", "csv/*"],
        )
    except (HfHubHTTPError, OSError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise ConfigError(f"--push {repository}: {why}; the data set lies in {folder} as before") from error
    return f"{api.endpoint}/datasets/{repository}"
