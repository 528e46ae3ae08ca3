package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers over real disks and loopback. */
class ReplicationIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    @Test
    void acknowledgedRecordsOutliveTheirLeader() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            TopicView topic = Futures.await(cluster.node(2)
                    .api()
                    .topics()
                    .create(new NewTopic("orders", 1, (short) 3, Map.of(), Map.of()), false));
            assertThat(topic.partitions().get(0).replicas()).containsExactlyInAnyOrder(1, 2, 3);
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                cluster.append(P0, "before-" + i);
                acknowledged.add("before-" + i);
            }
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);

            int leader = cluster.leader(P0).id;
            cluster.kill(leader);
            for (int i = 0; i < 100; i++) {
                cluster.append(P0, "after-" + i);
                acknowledged.add("after-" + i);
            }
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);

            cluster.begin(leader).broker();
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
        }
    }
}
