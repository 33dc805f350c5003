import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** Prints how many producers the leader of partition 0 of a topic knows. Usage: CountProducers.java BOOTSTRAP TOPIC */
public class CountProducers {
  public static void main(String[] arguments) throws Exception {
    var partition = new TopicPartition(arguments[1], 0);
    try (var admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
      var producers = admin.describeProducers(List.of(partition)).partitionResult(partition).get();
      System.out.println(producers.activeProducers().size());
    }
  }
}
