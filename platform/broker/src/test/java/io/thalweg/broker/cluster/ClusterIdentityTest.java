package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.file.WholeFile;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClusterIdentityTest {

    private static final Path ROOT = Path.of("/data");

    private final ManualEnvironment manual = ManualEnvironment.create(1, Path.of("/"));

    @Test
    void eachStartIsGreaterThanTheOneBeforeWhateverTheClockSays() throws IOException {
        manual.clock().jumpTo(1_800_000_000_000L);
        int first = read().incarnation();
        assertThat(first).isEqualTo(1_800_000_000 - 1_704_067_200);

        manual.clock().jumpTo(1_700_000_000_000L);
        assertThat(read().incarnation()).isEqualTo(first + 1);
        assertThat(read().incarnation()).isEqualTo(first + 2);
    }

    @Test
    void aReplacedDiskIsALaterStartThanAnyOnTheOldOne() throws IOException {
        manual.clock().jumpTo(1_800_000_000_000L);
        int before = read().incarnation();
        manual.clock().advance(5_000);

        manual.fileSystem().delete(ROOT.resolve(ClusterIdentity.FILE));

        assertThat(read().incarnation()).isGreaterThan(before);
    }

    @Test
    void aDamagedFileIsOverwritten() throws IOException {
        manual.fileSystem().createDirectories(ROOT);
        WholeFile.replaceDurably(
                manual.fileSystem(),
                ROOT.resolve(ClusterIdentity.FILE),
                ByteBuffer.wrap("nonsense".getBytes(StandardCharsets.US_ASCII)));

        assertThat(read().incarnation()).isPositive();
    }

    @Test
    void theClusterIsThatOfTheDirectory() throws IOException {
        assertThat(read().clusterId()).isNull();
        try (LogDirectory directory = LogDirectory.open(
                manual.environment(), ROOT, LogDirectoryConfig.defaults().withOwner(null, 3))) {
            assertThat(read().clusterId()).isEqualTo(directory.clusterId());
        }
    }

    private ClusterIdentity read() throws IOException {
        return ClusterIdentity.read(manual.environment(), ROOT);
    }
}
