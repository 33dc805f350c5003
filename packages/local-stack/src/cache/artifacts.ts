import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const KAFKA_VERSION = '4.3.1';
const REGISTRY_VERSION = '3.3.3';
const LOG4J_VERSION = '2.25.3';

/** Something that Maven fetches and the cache keeps as one directory. */
export interface Artifact {
  /** Name of the directory in the cache; another content has another name. */
  readonly name: string;
  /** For messages. */
  readonly title: string;
  /** Room for the download and what is unpacked from it, MiB. */
  readonly neededMib: number;
  /** Arguments of Maven; it runs in `directory`, into which `prepare` has written what it needs. */
  readonly goals: readonly string[];
  prepare(directory: string): Promise<void>;
  /** Turns what Maven left in `directory` into what the cache keeps. */
  finish(directory: string): Promise<void>;
  /** File without which the entry is of no use. */
  readonly essential: string;
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>switchboard</groupId>
  <artifactId>local-kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${LOG4J_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>${LOG4J_VERSION}</version></dependency>
  </dependencies>
</project>
`;

const LOGGING = `rootLogger.level=info
rootLogger.appenderRef.out.ref=Out
appender.out.type=Console
appender.out.name=Out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c{1})%n
logger.config.name=org.apache.kafka.common.config
logger.config.level=warn
logger.server.name=kafka.server.KafkaConfig
logger.server.level=warn
`;

/** The broker and all it needs on its class path: `libs/*.jar` and `log4j2.properties`. */
export const kafkaArtifact: Artifact = {
  name: `kafka-${KAFKA_VERSION}`,
  title: `Kafka ${KAFKA_VERSION}`,
  neededMib: 150,
  goals: ['dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libs'],
  prepare: (directory) => writeFile(join(directory, 'pom.xml'), POM),
  finish: (directory) => writeFile(join(directory, 'log4j2.properties'), LOGGING),
  essential: join('libs', `kafka_2.13-${KAFKA_VERSION}.jar`),
};

/** The schema registry as its makers pack it: `app/quarkus-run.jar` and what belongs to it. */
export const registryArtifact: Artifact = {
  name: `registry-${REGISTRY_VERSION}`,
  title: `the schema registry (Apicurio ${REGISTRY_VERSION})`,
  neededMib: 700,
  goals: ['dependency:copy', `-Dartifact=io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`, '-DoutputDirectory=packed'],
  prepare: async () => {},
  finish: unpack,
  essential: join('app', 'quarkus-run.jar'),
};

async function unpack(directory: string): Promise<void> {
  const packed = join(directory, 'packed');
  const app = join(directory, 'app');
  await mkdir(app);
  for (const file of await readdir(packed)) await promisify(execFile)('tar', ['-xzf', join(packed, file), '-C', app]);
  await rm(packed, { recursive: true });
}
