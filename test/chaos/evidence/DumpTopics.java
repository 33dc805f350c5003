import java.io.BufferedWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The same as dump_topics.py, with Kafka's own client. */
public final class DumpTopics {
  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  public static void main(String[] arguments) throws Exception {
    var directory = Path.of(arguments[1]);
    var groups = new ArrayList<String>();
    Map<String, Object> properties = Map.of(
        "bootstrap.servers", arguments[0],
        "isolation.level", "read_committed",
        "auto.offset.reset", "none",
        "enable.auto.commit", "false");
    try (var admin = Admin.create(properties);
        var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (var index = 2; index < arguments.length; index++) {
        var wish = arguments[index].split("=", 2);
        if (wish[0].equals("group")) groups.add(wish[1]);
        else dump(admin, consumer, wish[1], wish[0].equals("hashed"), directory.resolve(wish[1] + ".jsonl"));
      }
      if (!groups.isEmpty()) committed(admin, groups, directory.resolve("committed.jsonl"));
    }
  }

  private static void dump(Admin admin, KafkaConsumer<byte[], byte[]> consumer, String topic, boolean hashed, Path path) throws Exception {
    var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
    var latest = partitions.stream().collect(Collectors.toMap(at -> at, at -> OffsetSpec.latest()));
    var ends = admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all().get();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    try (var out = Files.newBufferedWriter(path)) {
      while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.get(at).offset())) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          if (record.offset() < ends.get(new TopicPartition(topic, record.partition())).offset()) write(out, record, hashed);
        }
      }
    }
  }

  private static void write(BufferedWriter out, ConsumerRecord<byte[], byte[]> record, boolean hashed) throws Exception {
    var headers = new ArrayList<String>();
    for (var header : record.headers()) headers.add("[" + quoted(header.key()) + "," + base64(header.value()) + "]");
    out.write("{\"partition\":" + record.partition()
        + ",\"offset\":" + record.offset()
        + ",\"key\":" + base64(record.key())
        + ",\"headers\":[" + String.join(",", headers) + "]"
        + (hashed ? ",\"hash\":" + sha256(record.value()) : ",\"value\":" + base64(record.value()))
        + "}\n");
  }

  private static void committed(Admin admin, List<String> groups, Path path) throws Exception {
    try (var out = Files.newBufferedWriter(path)) {
      for (var group : groups) {
        for (var entry : admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet()) {
          if (entry.getValue() == null) continue;
          out.write("{\"group\":" + quoted(group)
              + ",\"topic\":" + quoted(entry.getKey().topic())
              + ",\"partition\":" + entry.getKey().partition()
              + ",\"offset\":" + entry.getValue().offset() + "}\n");
        }
      }
    }
  }

  private static String base64(byte[] bytes) {
    return bytes == null ? "null" : "\"" + BASE64.encodeToString(bytes) + "\"";
  }

  private static String sha256(byte[] bytes) throws Exception {
    return bytes == null ? "null" : "\"" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)) + "\"";
  }

  /** Names of groups, topics and headers hold nothing that JSON would escape. */
  private static String quoted(String text) {
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(text) || text.matches(".*[\"\\\\\\p{Cntrl}].*")) {
      throw new IllegalArgumentException(text);
    }
    return "\"" + text + "\"";
  }
}
