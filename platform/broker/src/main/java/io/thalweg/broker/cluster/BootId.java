package io.thalweg.broker.cluster;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** Tells one start of the machine from the next. */
final class BootId {

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    /** More than a UUID's text with its line end. */
    private static final int BYTES_MAX = 64;

    private BootId() {}

    /** Blocks. Where the machine does not tell, every start of the process counts as one of the machine: that is on the safe side. */
    static String read(Environment environment) {
        try (FileHandle file = environment.fileSystem().openForRead(LINUX)) {
            ByteBuffer read = ByteBuffer.allocate(BYTES_MAX);
            file.read(read, 0); // its size is said to be 0
            String id = StandardCharsets.US_ASCII.decode(read.flip()).toString().strip();
            if (!id.isEmpty()) {
                return id;
            }
        } catch (IOException notLinux) {
            // As below.
        }
        RandomGenerator random = environment.random();
        return "start-" + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }
}
