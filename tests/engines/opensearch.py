"""A real OpenSearch node with k-NN and nori as one plain Java process: built from Maven once, then started in seconds."""

import fcntl
import json
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines import opensearch_recipe as recipe
from tests.tools import unavailable

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "opensearch"
_NORI_SOURCE = Path(__file__).resolve().parent / "nori" / "NoriPlugin.java"


@contextmanager
def opensearch_node(run: Path, *, heap: str = "512m") -> Iterator[str]:
    """A fresh node whose data live in ``run``; gives its URL and stops it at the end. Skips where Java is missing."""
    home = build()
    port, transport = _free_ports()
    process = _spawn(home, run, (port, transport), heap)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url, run)
        yield url
    finally:
        _stop(process, run)


def build() -> Path:
    """The node's home folder, laid out as the distribution's; neither Maven nor the network is touched when it is there."""
    home = CACHE / f"opensearch-{recipe.VERSION}"
    ingredients = Path(recipe.__file__).read_text() + _NORI_SOURCE.read_text()
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = home / ".recipe"
        if not done.exists() or done.read_text() != ingredients:
            _assemble(home)
            done.write_text(ingredients)
    _tool("java")
    return home


def _tool(name: str) -> Path:
    """A program of the JDK, or Maven, all of which MARU_REQUIRE=java asks for."""
    found = shutil.which(name)
    if found is None:
        unavailable("java", f"{name} is not on PATH (make deps-debian installs what Debian has)")
    return Path(found)


def _assemble(home: Path) -> None:
    javac = _tool("javac")
    jars = _download(_tool("mvn"))
    shutil.rmtree(home, ignore_errors=True)
    (CACHE / "classes.jsa").unlink(missing_ok=True)
    shutil.copytree(jars / "lib", home / "lib")
    for name, module in recipe.MODULES.items():
        _lay_module(home, jars, name, module)
    for name in recipe.ARCHIVES:
        (archive,) = (jars / name).glob("*.zip")
        with zipfile.ZipFile(archive) as content:
            content.extractall(home / "plugins" / name)
    _lay_nori(home, jars, javac)
    shutil.rmtree(jars)
    (home / "config").mkdir()


def _download(maven: Path) -> Path:
    jars, poms = CACHE / "jars", CACHE / "poms"
    shutil.rmtree(jars, ignore_errors=True)
    parts = {"lib": (recipe.CORE, "jar"), "analysis-nori": ((recipe.NORI,), "jar")}
    parts |= {name: (module.artefacts, "jar") for name, module in recipe.MODULES.items()}
    parts |= {name: ((artefact,), "zip") for name, artefact in recipe.ARCHIVES.items()}
    for name, (artefacts, kind) in parts.items():
        (poms / name).mkdir(parents=True, exist_ok=True)
        (poms / name / "pom.xml").write_text(recipe.pom(name, artefacts, str(jars / name), kind))
    (poms / "pom.xml").write_text(recipe.reactor(tuple(parts)))
    command = [str(maven), "-q", "-B", "-ntp", "-f", str(poms / "pom.xml"), "package"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        unavailable("java", f"Maven could not fetch OpenSearch: {done.stdout[-600:]}{done.stderr[-300:]}")
    return jars


def _lay_module(home: Path, jars: Path, name: str, module: recipe.Module) -> None:
    folder = home / "modules" / name
    folder.mkdir(parents=True)
    present = [home / "lib", *(home / "modules" / parent for parent in module.extends)]
    inherited = {_bare(jar) for place in present for jar in place.glob("*.jar")}
    for jar in (jars / name).iterdir():
        if _bare(jar) not in inherited:
            shutil.copy2(jar, folder)
    (folder / "plugin-descriptor.properties").write_text(recipe.descriptor(name, module.main, module.extends))
    if module.permissions:
        (folder / "plugin-security.policy").write_text(recipe.policy(module.permissions))


def _lay_nori(home: Path, jars: Path, javac: Path) -> None:
    nori, classes = home / "plugins" / "analysis-nori", CACHE / "classes"
    shutil.copytree(jars / "analysis-nori", nori)
    shutil.rmtree(classes, ignore_errors=True)
    command = [str(javac), "--release", "17", "-proc:none", "-cp", f"{home}/lib/*:{nori}/*", "-d", str(classes), str(_NORI_SOURCE)]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(nori / "nori-plugin.jar", "w") as plugin:
        for file in sorted(classes.rglob("*.class")):
            plugin.write(file, file.relative_to(classes))
    (nori / "plugin-descriptor.properties").write_text(recipe.descriptor("analysis-nori", recipe.NORI_MAIN))


def _spawn(home: Path, run: Path, ports: tuple[int, int], heap: str) -> subprocess.Popen[bytes]:
    for name in ("config", "data", "logs", "tmp"):
        (run / name).mkdir(parents=True, exist_ok=True)
    (run / "config/opensearch.yml").write_text(recipe.SETTINGS.format(port=ports[0], transport=ports[1], run=run))
    (run / "config/log4j2.properties").write_text(recipe.LOGGING)
    archive = CACHE / "classes.jsa"
    # A class archive halves the start; it is written when the first node stops and belongs to one JDK and class path.
    classes = f"-XX:SharedArchiveFile={archive}" if archive.exists() else f"-XX:ArchiveClassesAtExit={run}/classes.jsa"
    places = (f"-Djava.io.tmpdir={run}/tmp", f"-Dopensearch.path.home={home}", f"-Dopensearch.path.conf={run}/config")
    classpath = ":".join(str(jar) for jar in sorted((home / "lib").glob("*.jar")))
    command = [str(_tool("java")), classes, f"-Xms{heap}", f"-Xmx{heap}", *recipe.JAVA_OPTIONS, *places]
    with (run / "logs/console.log").open("w") as log:
        return subprocess.Popen(
            [*command, "-cp", classpath, "org.opensearch.bootstrap.OpenSearch"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=run,
        )


def _wait(process: subprocess.Popen[bytes], url: str, run: Path, *, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is None and _healthy(url):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    tail = "\n".join((run / "logs/console.log").read_text().splitlines()[-30:])
    raise RuntimeError(f"the OpenSearch node did not become healthy:\n{tail}")


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _stop(process: subprocess.Popen[bytes], run: Path) -> None:
    """The data are thrown away, so nothing is lost by killing; only a node that is to write the class archive must end by itself."""
    if (CACHE / "classes.jsa").exists():
        process.kill()
    else:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(90)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    written = run / "classes.jsa"
    if written.exists() and process.returncode in (0, 128 + signal.SIGTERM):
        shutil.move(written, CACHE / "classes.jsa.new")
        (CACHE / "classes.jsa.new").replace(CACHE / "classes.jsa")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        for probe in (one, two):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def _bare(jar: Path) -> str:
    return re.sub(r"-[0-9][^-]*(-(jre|android))?\.jar$", "", jar.name)
