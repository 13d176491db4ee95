"""Operations that may be run, by what TensorFlow's registry says of them, and look-ups in tables."""

import pytest

from grader.protocol.evidence import NodeFacts
from grader.sandbox.inside import allowed_operations
from grader.sandbox.inside.allowed_operations import find_dangerous_operations, find_table_lookups

HARMLESS = """MatMul Conv2D IdentityN Erf Softmax Einsum FusedBatchNormV3 Tile Unpack Const Greater SelectV2
    Equal LogicalAnd ArgMax TopKV2 OneHot Bucketize DenseBincount Cumsum Floor GatherNd
    StatelessRandomUniformV2 RFFT TensorListReserve TensorListFromTensor TensorListGetItem
    TensorListSetItem TensorListStack Size Where Unique EnsureShape CheckNumerics While
    StatelessWhile If StatelessIf PartitionedCall StatefulPartitionedCall Placeholder Sinh"""
DANGEROUS = """ReadFile WriteFile MatchingFiles PyFunc EagerPyFunc PyFuncStateless LookupTableFindV2 HashTableV2
    VarHandleOp ReadVariableOp ResourceGather RandomStandardNormal PrintV2 Assert Print RemoteCall DebugIdentity
    DebugIdentityV3 ImmutableConst Abort MapDataset IteratorGetNext DecodeProtoV2 RestoreV2 SaveV2 XlaLaunch
    XlaCustomCallV2 CollectiveReduceV2 _Send _Recv Stage Barrier CopyHost MapDefun SymbolicGradient For
    StringToNumber DecodeRaw DecodePng ParseTensor TPUPartitionedCall Enter NextIteration Switch BatchFunction
    NoSuchOperation Assign AssignVariableOp Variable TextLineReaderV2 QueueDequeueV2 FIFOQueue GetSessionHandle"""


def test_whatever_computes_numbers_from_numbers_may_be_run() -> None:
    assert find_dangerous_operations(HARMLESS.split()) == frozenset()


def test_files_python_chance_state_and_what_nobody_knows_may_not() -> None:
    assert find_dangerous_operations(DANGEROUS.split()) == set(DANGEROUS.split())


def test_no_harmless_operation_takes_a_text_that_could_name_a_file() -> None:
    """Free texts among the attributes of harmless operations are looked at here, one by one."""
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    packed = pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList())
    definitions = {op.name: op for op in op_def_pb2.OpList.FromString(packed).op}
    harmless = set(definitions) - find_dangerous_operations(definitions)
    free = {
        attribute.name
        for name in harmless
        for attribute in definitions[name].attr
        if attribute.type in {"string", "list(string)"} and not attribute.HasField("allowed_values")
    }
    # Names of modes and messages, and lists of what is fused; nothing of it is opened or called.
    assert free <= _MODES, free - _MODES


_NAMES = """data_format dimension_numbers equation fused_ops set_operation message kernel_type interpolation
    fill_mode src_format dst_format bad_indices_policy input_order padding row_partition_types noise
    metadata a b string_val string_list_val sharding config config_proto executor_type combiner
    table_name topology tuple_mask"""
_MODES = frozenset(_NAMES.split())


def nodes(*facts: tuple[str, str, tuple[str, ...]]) -> list[NodeFacts]:
    return [NodeFacts(name="x", op="Placeholder"), *(NodeFacts(name=n, op=op, inputs=i) for n, op, i in facts)]


TABLE = ("table", "Const", ())


@pytest.mark.parametrize("op", ["GatherV2", "StridedSlice", "Slice", "GatherNd"])
def test_a_table_is_found_where_the_place_depends_on_the_whole_row(op: str) -> None:
    assert not find_table_lookups(nodes(TABLE, ("a", op, ("x", "table"))))
    hashed = (("sum", "Sum", ("x",)), ("index", "Cast", ("sum",)))
    assert find_table_lookups(nodes(TABLE, *hashed, ("a", op, ("table", "index")))) == {f"{op} by value"}
    shape = (("shape", "Shape", ("sum",)), ("size", "Identity", ("shape",)))
    assert not find_table_lookups(nodes(TABLE, hashed[0], *shape, ("a", op, ("table", "size"))))


def test_an_embedding_of_each_number_is_no_table_of_rows() -> None:
    embedding = (
        ("index", "Cast", ("x",)),
        ("below", "Less", ("index", "zero")),
        ("wrapped", "AddV2", ("index", "size")),
        ("place", "SelectV2", ("below", "wrapped", "index")),
        ("a", "GatherV2", ("table", "place", "zero")),
    )
    assert not find_table_lookups(nodes(TABLE, *embedding))
    first = ("first", "StridedSlice", ("x", "zero"))
    second = ("second", "StridedSlice", ("x", "one"))
    of_one = (("index", "Cast", ("first",)), ("a", "GatherV2", ("table", "index")))
    assert not find_table_lookups(nodes(TABLE, first, *of_one))
    both = (("index", "AddV2", ("first", "second")), ("a", "GatherV2", ("table", "index")))
    assert find_table_lookups(nodes(TABLE, first, second, *both)) == {"GatherV2 by value"}


CUT = ("cut", "StridedSlice", ("x", "zero"))
# As Keras's Embedding counts from the end where a number is negative.
LOOKED_UP = (
    ("index", "Cast", ("cut",)),
    ("below", "Less", ("index", "zero")),
    ("wrapped", "AddV2", ("index", "size")),
    ("place", "SelectV2", ("below", "wrapped", "index")),
    ("a", "GatherV2", ("table", "place", "zero")),
)


def test_a_number_that_is_cut_out_of_a_row_may_be_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not find_table_lookups(nodes(TABLE, CUT, *LOOKED_UP))
    others = [(f"cut{i}", "StridedSlice", ("x", "zero")) for i in range(100)]
    assert not find_table_lookups(nodes(TABLE, *others, CUT, *LOOKED_UP))
    monkeypatch.setattr(allowed_operations, "MAX_VISITS", 5)  # what would take too long is not followed
    assert find_table_lookups(nodes(TABLE, CUT, *LOOKED_UP)) == {"GatherV2 by value"}


@pytest.mark.parametrize("op", ["Split", "SplitV", "Unpack"])
def test_one_of_several_results_is_not_taken_for_a_single_number(op: str) -> None:
    cut = ("cut", op, ("x", "zero"))  # all of its results have its name
    mixed = ("index", "AddV2", ("cut", "cut"))
    assert find_table_lookups(nodes(TABLE, cut, mixed, ("a", "GatherV2", ("table", "index")))) == {
        "GatherV2 by value"
    }


@pytest.mark.parametrize(
    "other",
    [
        ("more", "StridedSlice", ("x", "one")),
        ("more", "Reshape", ("cut", "shape")),
        ("more", "Sum", ("x",)),
        ("more", "Identity", ("x",)),
    ],
)
def test_a_position_that_is_computed_from_several_numbers_is_found(
    other: tuple[str, str, tuple[str, ...]],
) -> None:
    mixed = ("index", "AddV2", ("cut", "more"))
    assert find_table_lookups(nodes(TABLE, CUT, other, mixed, *LOOKED_UP[1:])) == {"GatherV2 by value"}
