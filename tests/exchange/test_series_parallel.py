import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.exchange.series_parallel import Branches, NotNestedError, decompose, in_order


def test_a_chain_is_its_layers_in_order():
    assert decompose([(), (0,), (1,), (2,)]) == (1, 2, 3)
    assert decompose([()]) == ()


def test_a_skip_is_a_branch_with_nothing_in_it():
    # 0 -> 1 -> 2 -> 3, and 0 -> 3
    assert decompose([(), (0,), (1,), (2, 0)]) == (Branches(3, ((1, 2), ())),)


def test_branches_inside_branches_end_at_the_last_layer_that_all_ways_pass():
    # a U-Net: 1 and 2 on the way down, 3 at the bottom, 4 joins 2 and 3, 5 joins 1 and 4
    inner = Branches(4, ((), (3,)))
    assert decompose([(), (0,), (1,), (2,), (2, 3), (1, 4)]) == (1, Branches(5, ((), (2, inner))))


def test_a_join_may_have_many_branches_of_any_length():
    sources = [(), (0,), (0,), (2,), (0,), (1, 3, 4, 0), (5,)]
    assert decompose(sources) == (Branches(5, ((1,), (2, 3), (4,), ())), 6)


def test_branches_that_begin_alike_are_joined_by_themselves():
    # 1 behind 0; 2, 3 and 5 behind 1; 6 joins 2, 3, 5 and 4, which is behind 0
    sources = [(), (0,), (1,), (1,), (0,), (1,), (2, 3, 5, 4, 0, 0)]
    inner = Branches(6, ((2,), (3,), (5,)))
    assert decompose(sources) == (Branches(6, ((1, inner), (4,), (), ())),)
    # 2 and 4 behind 1, 5 and 6 behind 4; 7 joins 2, 5 and 6
    sources = [(), (0,), (1,), (1,), (1,), (4,), (4,), (2, 5, 6)]
    assert decompose(sources) == (1, Branches(7, ((2,), (4, Branches(7, ((5,), (6,)))))))


def test_branches_that_begin_alike_but_do_not_stand_side_by_side_are_not_nested():
    with pytest.raises(NotNestedError):
        decompose([(), (0,), (1,), (1,), (0,), (2, 4, 3)])


def test_layers_that_do_not_lead_to_the_end_are_left_out():
    assert decompose([(), (0,), (0,), (1,)]) == (1, 3)


def test_a_layer_that_two_joins_share_is_named():
    # 1 goes into the join 2 beside 0, and into the join 4 beside what comes behind it
    with pytest.raises(NotNestedError) as error:
        decompose([(), (0,), (0, 1), (2,), (1, 3)])
    assert error.value.place == 1


def test_more_than_fifty_branches_inside_each_other_are_refused():
    def nested(depth):
        """What comes in, beside a chain that forks in the same way, `depth` times."""
        sources = [(), *((place,) for place in range(depth))]
        for place in range(depth):
            sources.append((depth - 1 - place, depth + place))
        return sources

    assert in_order(decompose(nested(50)))[:50] == list(range(1, 51))
    with pytest.raises(NotNestedError):
        decompose(nested(52))


chains = st.recursive(
    st.lists(st.just("layer"), max_size=3),
    lambda inner: st.lists(
        st.one_of(st.just("layer"), st.lists(inner, min_size=2, max_size=3)), max_size=3
    ),
    max_leaves=12,
)


def graph_of(chain, sources, end=0):
    """Put a chain behind `end`, a list in it being branches; returns the place of its last."""
    for item in chain:
        ends = (end,) if item == "layer" else tuple(graph_of(each, sources, end) for each in item)
        sources.append(ends)
        end = len(sources) - 1
    return end


def shape_of(chain):
    return [
        [shape_of(each) for each in item.chains] if isinstance(item, Branches) else "layer"
        for item in chain
    ]


@given(chains)
def test_what_is_written_as_nested_chains_is_read_back_as_them(chain):
    sources = [()]
    graph_of(chain, sources)
    found = decompose(sources)
    assert shape_of(found) == chain
    assert in_order(found) == list(range(1, len(sources)))
