"""Heads on lower layers. Importing torch takes long, so the tests do it."""


def test_head_attends_as_a_layer_does_and_not_to_padding() -> None:
    import torch
    from reader.heads import Head
    from reader.model import HEADS, HIDDEN
    from torch.nn.functional import gelu, multi_head_attention_forward

    torch.manual_seed(0)
    head = Head()
    states = torch.randn(2, 9, HIDDEN)
    mask = torch.ones(2, 1, 9, dtype=torch.bool)
    mask[1, 0, 5:] = False
    by_token = states.transpose(0, 1)
    attended, _ = multi_head_attention_forward(
        by_token[:1],
        by_token,
        by_token,
        HIDDEN,
        HEADS,
        in_proj_weight=None,
        in_proj_bias=torch.cat([head.query.bias, torch.zeros(HIDDEN), head.value.bias]),
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=head.attended.weight,
        out_proj_bias=head.attended.bias,
        key_padding_mask=~mask[:, 0],
        use_separate_proj_weight=True,
        q_proj_weight=head.query.weight,
        k_proj_weight=head.key.weight,
        v_proj_weight=head.value.weight,
    )
    first = head.normal(states[:, 0] + attended[0])
    expected = head.scores(head.last_normal(first + head.narrow(gelu(head.wide(first)))))
    assert torch.allclose(head(states, mask), expected, atol=1e-5)
