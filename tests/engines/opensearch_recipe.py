"""What a real OpenSearch node consists of: Maven artefacts and the files that the published artefacts lack.

Versions must match exactly, and not every version of every part was ever published: do not move one line alone.
"""

from dataclasses import dataclass

VERSION = "2.19.1"
LUCENE = "9.12.1"
DEPENDENCY_PLUGIN = "3.6.1"


@dataclass(frozen=True)
class Module:
    """A part that the distribution ships in modules/: its main class, artefacts, parents and permissions.

    2.x runs under Java's security manager, and the published jars come without their policy files.
    """

    main: str
    artefacts: tuple[str, ...]
    extends: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


#: The class path. log4j-core and jna are optional in the core's own description, and needed.
CORE = (
    f"org.opensearch:opensearch:{VERSION}",
    f"org.opensearch:opensearch-plugin-classloader:{VERSION}",
    "org.apache.logging.log4j:log4j-core:2.21.0",
    "net.java.dev.jna:jna:5.13.0",
)


def _plugin(*names: str) -> tuple[str, ...]:
    return tuple(f"org.opensearch.plugin:{name}:{VERSION}" for name in names)


MODULES = {
    "transport-netty4": Module(
        "org.opensearch.transport.Netty4Plugin",
        _plugin("transport-netty4-client"),
        permissions=('java.net.SocketPermission "*", "accept,connect"', 'java.lang.RuntimePermission "getClassLoader"'),
    ),
    "analysis-common": Module("org.opensearch.analysis.common.CommonAnalysisPlugin", _plugin("analysis-common")),
    "lang-painless": Module(
        "org.opensearch.painless.PainlessPlugin",
        _plugin("lang-painless", "opensearch-scripting-painless-spi"),
        permissions=('java.lang.RuntimePermission "createClassLoader"', 'java.lang.RuntimePermission "getClassLoader"'),
    ),
    "mapper-extras": Module("org.opensearch.index.mapper.MapperExtrasPlugin", _plugin("mapper-extras-client")),
    "parent-join": Module("org.opensearch.join.ParentJoinPlugin", _plugin("parent-join-client")),
    "reindex": Module("org.opensearch.index.reindex.ReindexPlugin", _plugin("reindex-client")),
    "ingest-common": Module("org.opensearch.ingest.common.IngestCommonPlugin", _plugin("ingest-common"), extends=("lang-painless",)),
}
#: Plugins published whole, as archives with their descriptions.
ARCHIVES = {
    "opensearch-knn": f"org.opensearch.plugin:opensearch-knn:{VERSION}.0",
    "opensearch-neural-search": f"org.opensearch.plugin:neural-search:{VERSION}.0",
}
#: No analysis-nori is published for this version: Lucene's analyser with a plugin of our own, registered by the stock names.
NORI = f"org.apache.lucene:lucene-analysis-nori:{LUCENE}"
NORI_MAIN = "maru.nori.NoriPlugin"

SETTINGS = """cluster.name: maru-tests
node.name: one
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
path.data: {run}/data
path.logs: {run}/logs
cluster.routing.allocation.disk.threshold_enabled: false
bootstrap.memory_lock: false
bootstrap.system_call_filter: false
"""

LOGGING = """status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
"""

#: JNA stays on the class path (the start-up code names its classes) while its native half is kept from loading: a node
#: that cannot ask for its user cannot refuse to run as root, as containers of CI do.
JAVA_OPTIONS = (
    "-XX:+UseSerialGC",
    "-Dfile.encoding=UTF-8",
    "-Djava.security.manager=allow",
    "-Djava.awt.headless=true",
    "-Djava.locale.providers=SPI,COMPAT",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j2.formatMsgNoLookups=true",
    "-Djna.nounpack=true",
    "-Djna.nosys=true",
    "-Djna.boot.library.path=/nonexistent",
    "-Dopensearch.distribution.type=tar",
    "-Dopensearch.bundled_jdk=false",
)


def descriptor(name: str, main: str, extends: tuple[str, ...] = ()) -> str:
    """The plugin-descriptor.properties of a module or plugin."""
    return (
        f"name={name}\ndescription={name}\nversion={VERSION}\nopensearch.version={VERSION}\njava.version=11\n"
        f"classname={main}\nextended.plugins={','.join(extends)}\nhas.native.controller=false\n"
    )


def policy(permissions: tuple[str, ...]) -> str:
    """The plugin-security.policy of a module."""
    return "grant {\n" + "".join(f"  permission {permission};\n" for permission in permissions) + "};\n"


def pom(name: str, artefacts: tuple[str, ...], target: str, kind: str) -> str:
    """A Maven project that does nothing but copy artefacts, with what they need, into ``target``."""
    return f"""<project><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>{name}</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>{"".join(_dependency(artefact, kind) for artefact in artefacts)}</dependencies>
<build><plugins><plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
<version>{DEPENDENCY_PLUGIN}</version><executions><execution><phase>package</phase>
<goals><goal>copy-dependencies</goal></goals><configuration><outputDirectory>{target}</outputDirectory>
<includeScope>runtime</includeScope></configuration></execution></executions></plugin></plugins></build></project>"""


def reactor(names: tuple[str, ...]) -> str:
    """The Maven project that builds those of all folders in one run."""
    modules = "".join(f"<module>{name}</module>" for name in names)
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>all</artifactId>"
        f"<version>1</version><packaging>pom</packaging><modules>{modules}</modules></project>"
    )


def _dependency(artefact: str, kind: str) -> str:
    group, name, version = artefact.split(":")
    alone = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
        f"<type>{kind}</type>{alone if kind == 'zip' or artefact == NORI else ''}</dependency>"
    )
