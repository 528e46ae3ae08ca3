package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BootIdTest {

    private final Environment noSuchFile =
            ManualEnvironment.create(1, Path.of("/unused")).environment();

    @Test
    void isTheMachinesOwnWhereItHasOne() throws Exception {
        Path linux = Path.of("/proc/sys/kernel/random/boot_id");
        assumeThat(linux).exists();
        Environment real =
                new Environment(noSuchFile.clock(), noSuchFile.timers(), noSuchFile.random(), FileSystem.system());

        assertThat(BootId.read(real)).isEqualTo(Files.readString(linux).strip());
    }

    @Test
    void elseIsAnotherWithEachStart() {
        assertThat(BootId.read(noSuchFile)).startsWith("start-").isNotEqualTo(BootId.read(noSuchFile));
    }
}
