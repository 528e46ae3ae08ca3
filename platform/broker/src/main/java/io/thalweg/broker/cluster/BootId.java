package io.thalweg.broker.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** Tells one start of the machine from the next. */
final class BootId {

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /** Blocks. Where the machine does not tell, every start of the process counts as one of the machine: that is on the safe side. */
    static String read(RandomGenerator random) {
        try {
            String id = Files.readString(LINUX).strip();
            if (!id.isEmpty()) {
                return id;
            }
        } catch (IOException notLinux) {
            // As below.
        }
        return "start-" + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }
}
