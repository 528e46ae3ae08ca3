package io.thalweg.launcher.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** What the nodes of a cluster share. Shows itself to nobody. */
public final class SharedSecret {

    static final int BYTES_MIN = 16;
    static final int BYTES_MAX = 4096;
    static final String ALLOWED =
            "a file of " + BYTES_MIN + " to " + BYTES_MAX + " bytes that its owner alone may read (chmod 600)";

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final byte[] bytes;

    private SharedSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The file cannot serve. */
    static final class Unusable extends Exception {
        private final String why;

        Unusable(String why) {
            super(why);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    /** Reads a file; a line break at its end is not part of the secret. Blocks on disk. */
    static SharedSecret read(Path file) throws Unusable {
        byte[] read;
        try {
            if (Files.getFileStore(file).supportsFileAttributeView("posix")
                    && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new Unusable("others may read or write it");
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new Unusable("too long");
            }
            read = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            throw new Unusable("no such file");
        } catch (IOException unreadable) {
            throw new Unusable("unreadable: " + unreadable.getClass().getSimpleName());
        }
        int length = read.length;
        while (length > 0 && (read[length - 1] == '\n' || read[length - 1] == '\r')) {
            length--;
        }
        if (length < BYTES_MIN) {
            throw new Unusable("too short: bytes=" + length);
        }
        return new SharedSecret(Arrays.copyOf(read, length));
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "SharedSecret[********]";
    }
}
