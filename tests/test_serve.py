"""`linli serve` as real processes in a data folder of its own: it answers, and it stands up again whatever is killed.

One story, because bringing in the national tree takes its seconds and every chapter goes on where the last one ended.
"""

from __future__ import annotations

import json
import os
import signal

from linli.doors.commands.cluster import Cluster
from linli.doors.commands.processes import command_words, is_running, wait_until
from linli.doors.commands.supervisor import marked
from tests.serving import AGAIN_SECONDS, FIRST_SECONDS, PARTS, Served


def entered(served: Served, name: str) -> str:
    """Enter somebody on the register through the command line; once it says so, they must never be lost."""
    ran = served.run("user", "create", "--name", name, "--place", "440104001007", "--phone", "13800000000", "--json")
    assert ran.returncode == 0, ran.stderr
    return str(json.loads(ran.stdout)["person"])


def known(served: Served, person: str) -> bool:
    with Cluster(served.folder).connect() as connection:
        return connection.execute("SELECT 1 FROM people_person WHERE id = %s", [person]).fetchone() is not None


def test_it_answers_and_stands_up_again_whatever_is_killed(served: Served) -> None:
    serve = served.start(FIRST_SECONDS)
    assert served.answers("/healthz") == 200
    assert served.answers("/readyz") == 200
    assert wait_until(lambda: f"http://localhost:{served.port}/" in served.said(), 5)
    person = entered(served, "陈工")

    # A second start on the folder says where the first one runs, and changes nothing.
    second = served.run("serve")
    assert second.returncode == 1
    assert f"Linli runs already at http://localhost:{served.port}/ (process {serve.pid})" in second.stderr

    # Web, worker and database are killed at one moment: all come back as new processes, and what was acknowledged is there.
    database = Cluster(served.folder).pid()
    web, worker = served.head_of("web"), served.head_of("worker")
    assert database is not None
    assert web is not None
    assert worker is not None
    killed = {"web": web, "worker": worker, "postgres": database}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: served.everybody_back({**killed}), AGAIN_SECONDS), served.said()
    assert serve.poll() is None
    assert known(served, person)

    # The keeper itself is killed: whom it kept ends by itself, and the next start finds everything as it was.
    kept = marked(served.folder)
    assert len(kept) >= len(PARTS)
    serve.kill()
    serve.wait()
    assert wait_until(lambda: not any(map(is_running, kept)), AGAIN_SECONDS), [command_words(pid) for pid in kept if is_running(pid)]
    serve = served.start(AGAIN_SECONDS)
    assert known(served, person)

    # Asked to end, it ends everything, the database too.
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(AGAIN_SECONDS) == 0
    assert marked(served.folder) == []
    assert served.database_processes() == []
    assert served.said().rstrip().endswith("Linli has stopped")
