package io.thalweg.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorPortsTest {

    @TempDir
    Path directory;

    @Test
    void theFileHoldsWhatIsOpenAndReplacesAnOlderOneLeavingNoOther() throws IOException {
        Path file = Files.writeString(directory.resolve("ports.json"), "stale");

        new DoorPorts(8080, null, 7000, 5701, 3).write(file);

        assertThat(Files.readString(file))
                .isEqualTo("{\"http\":8080,\"eventBus\":7000,\"cluster\":5701,\"nodeId\":3}\n");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
