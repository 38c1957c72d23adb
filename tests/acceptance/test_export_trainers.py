"""The chat views in the hands of the libraries that train on them: TRL and a chat template of transformers.

TRL's documented checks (`trl.data_utils`) need no torch and run with every test. A step of training with
`SFTTrainer` needs torch and runs in an environment of its own: `make test-trainers`.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import tokenizers
import transformers
from trl import data_utils

from tests.unit.export_samples import answer, export_views, rows

CHATS = ("messages", "think")
PAIRS = ("prompt-completion", "instruct", "induce", "explain")
# the shape of the templates of models that think: reasoning apart, then the answer
TEMPLATE = """{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.reasoning_content %}<think>
{{ m.reasoning_content }}
</think>

{% endif %}{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_views(tmp_path_factory.mktemp("export") / "out")


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """A tokenizer of single bytes, made here: no text is cut off, nothing is fetched."""
    special = ["<|im_start|>", "<|im_end|>", "<|pad|>"]
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet)
    model.train_from_iterator([], trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=model, eos_token="<|im_end|>", pad_token="<|pad|>", additional_special_tokens=special[:1]
    )
    fast.chat_template = TEMPLATE
    return fast


@pytest.mark.parametrize("name", [*CHATS, *PAIRS, "openai"])
def test_trl_takes_every_chat_view_for_a_conversation(name: str, out: Path) -> None:
    assert all(data_utils.is_conversational(row) for row in rows(out, name))


def test_trl_turns_sharegpt_into_a_conversation(out: Path) -> None:
    for row, wanted in zip(rows(out, "sharegpt"), rows(out, "openai"), strict=True):
        assert data_utils.is_conversational_from_value(row)
        turned = data_utils.maybe_convert_to_chatml(row)
        assert data_utils.is_conversational(turned)
        assert [m["content"] for m in turned["messages"]] == [m["content"] for m in wanted["messages"]]


@pytest.mark.parametrize("name", CHATS)
def test_a_chat_template_renders_reasoning_then_answer(name: str, out: Path, tokenizer: Any) -> None:
    for row in rows(out, name):
        text = data_utils.apply_chat_template(dict(row), tokenizer)["text"]
        assert text == tokenizer.apply_chat_template(row["messages"], tokenize=False)
        assert text.count("<think>") == text.count("</think>") == 1
        assert text.endswith(f"</think>\n\n{answer(row)}<|im_end|>\n")


def test_reasoning_apart_and_inline_give_the_same_text(out: Path, tokenizer: Any) -> None:
    apart, inline = (
        [tokenizer.apply_chat_template(row["messages"], tokenize=False) for row in rows(out, name)] for name in CHATS
    )
    assert apart == inline and len(apart) == 10


@pytest.mark.parametrize("name", PAIRS)
def test_prompt_and_completion_meet_where_the_assistant_begins(name: str, out: Path, tokenizer: Any) -> None:
    for row in rows(out, name):
        rendered = data_utils.apply_chat_template(dict(row), tokenizer)
        whole = tokenizer.apply_chat_template(row["prompt"] + row["completion"], tokenize=False)
        assert rendered["prompt"].endswith("<|im_start|>assistant\n")
        assert rendered["prompt"] + rendered["completion"] == whole
        assert row["completion"][0]["content"] in rendered["completion"]


@pytest.mark.parametrize("name", ["messages", "prompt-completion"])
def test_tokens_lead_back_to_the_text(name: str, out: Path, tokenizer: Any) -> None:
    row = rows(out, name)[0]
    messages = row["messages"] if name == "messages" else row["prompt"] + row["completion"]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    assert tokenizer.decode(tokenizer.apply_chat_template(messages)["input_ids"]) == text


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch: make test-trainers")
@pytest.mark.parametrize("name", [*CHATS, *PAIRS])
def test_a_step_of_sft_trainer_learns_from_the_answer_alone_where_there_is_a_prompt(
    name: str, out: Path, tokenizer: Any, tmp_path: Path
) -> None:
    import trl

    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    shape = transformers.LlamaConfig(vocab_size=len(tokenizer), num_key_value_heads=2, **sizes)
    settings = trl.SFTConfig(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=2, max_length=None, use_cpu=True,
        report_to=[], bf16=False, gradient_checkpointing=False,
    )  # fmt: skip
    trainer = trl.SFTTrainer(
        model=transformers.LlamaForCausalLM(shape), args=settings, train_dataset=rows(out, name),
        processing_class=tokenizer,
    )  # fmt: skip
    batch = next(iter(trainer.get_train_dataloader()))
    learned = [
        tokenizer.decode(ids[labels != -100]) for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True)
    ]
    asked = [("<|im_start|>user" in tokenizer.decode(ids), "<|im_start|>user" in text) for ids, text in
             zip(batch["input_ids"], learned, strict=True)]  # fmt: skip
    assert asked == [(True, name in CHATS)] * 2 and all(text.rstrip().endswith("<|im_end|>") for text in learned)
    trainer.train()
    assert trainer.state.global_step == 1
