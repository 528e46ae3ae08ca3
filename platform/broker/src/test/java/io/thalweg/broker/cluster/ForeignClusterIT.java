package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is started among those of another cluster. */
class ForeignClusterIT {

    @TempDir
    Path directory;

    @Test
    void itDoesNotStart() throws Exception {
        // Broker 1 forms a cluster; with another directory it forms another.
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));
        try (TestCluster other = new TestCluster(first).start(1)) {
            assertThat(other.any().api().cluster().brokers()).hasSize(1);
        }
        Files.move(first.resolve("n1"), second.resolve("n2"));
        try (TestCluster cluster = new TestCluster(second).start(1)) {
            TestCluster.Node stranger = cluster.begin(2);

            assertThatThrownBy(stranger::broker)
                    .isInstanceOfSatisfying(
                            ThalwegException.class,
                            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.INCONSISTENT_CLUSTER_ID));
            cluster.forget(2);
        }
    }
}
