package io.thalweg.system.fault;

import io.thalweg.system.node.NodeProcess;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Creates topics as any Kafka tool would. */
final class Topics {

    private Topics() {}

    /** With segments of 1 MiB, so that rolls, flushes and the reuse of the journal fall into a short test as well. */
    static void create(NodeProcess node, String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.kafka()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)
                            .configs(Map.of("segment.bytes", "1048576", "file.delete.delay.ms", "100"))))
                    .all()
                    .get();
        }
    }

    static void delete(NodeProcess node, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.kafka()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }
}
