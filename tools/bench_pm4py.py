"""The peer of the flow: pm4py in its own environment, from a file of events to a directly-follows graph.

Run by tools/bench_flow.py with the Python of .venv-bench; imports nothing of this project, and nothing of this project
imports it: pm4py is under the AGPL. Prints one JSON document: seconds of each step, and the graph's edges into a file.
"""

import json
import sys
import time

import pandas as pd
import pm4py


def main(argv: list[str]) -> int:
    """Arguments: a Parquet file with a case, an activity, a time and an order; where to write the edges as CSV."""
    source, edges = argv
    begun = time.perf_counter()
    frame = pd.read_parquet(source)
    read = time.perf_counter()
    frame = pm4py.format_dataframe(frame, case_id="case", activity_key="activity", timestamp_key="time")
    formatted = time.perf_counter()
    graph, starts, ends = pm4py.discover_dfg(frame)
    done = time.perf_counter()
    rows = [(source, target, count) for (source, target), count in graph.items()]
    rows += [(source, "", count) for source, count in ends.items()]
    pd.DataFrame(rows, columns=["source", "target", "n"]).to_csv(edges, index=False)
    told = {"read": read - begun, "format": formatted - read, "discover": done - formatted, "seconds": done - begun}
    print(json.dumps({**told, "version": pm4py.__version__, "cases": int(sum(starts.values()))}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
