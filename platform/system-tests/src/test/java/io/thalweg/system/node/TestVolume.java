package io.thalweg.system.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small file system of the test's own, on a loop device or in memory, that can lose power or run full. Needs root on
 * Linux; {@link #available()} tells.
 */
public final class TestVolume implements AutoCloseable {

    /** EXT4_IOC_SHUTDOWN with NOLOGFLUSH: drops the page cache and the journal, as a power cut does. */
    private static final String CUT_POWER = "sysopen(D, $ARGV[0], 0) or die \"open: $!\"; my $flags = pack('I', 2); "
            + "ioctl(D, 0x8004587d, $flags) or die \"ioctl: $!\"";

    private final Path mountPoint;
    private Path image;
    private boolean mounted;
    private boolean standing;

    private TestVolume(Path mountPoint, Path image) {
        this.mountPoint = mountPoint;
        this.image = image;
    }

    /** Whether this user can mount file systems. */
    public static boolean available() {
        return "root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/dev/loop-control"));
    }

    /** A real ext4. */
    public static TestVolume ext4(Path directory, int mebibytes) throws IOException, InterruptedException {
        Path image = directory.resolve("volume.img");
        Path mountPoint = Files.createDirectories(directory.resolve("volume"));
        Commands.run(List.of("truncate", "-s", mebibytes + "M", image.toString()));
        Commands.run(List.of("mkfs.ext4", "-q", "-F", image.toString()));
        TestVolume volume = new TestVolume(mountPoint, image);
        volume.mount();
        return volume;
    }

    /** In memory: for filling it up. */
    public static TestVolume memory(Path directory, int mebibytes) throws IOException, InterruptedException {
        Path mountPoint = Files.createDirectories(directory.resolve("volume"));
        Commands.run(List.of("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", mountPoint.toString()));
        TestVolume volume = new TestVolume(mountPoint, mountPoint);
        volume.mounted = true;
        return volume;
    }

    private void mount() throws IOException, InterruptedException {
        Commands.run(List.of("mount", "-o", "loop", image.toString(), mountPoint.toString()));
        mounted = true;
    }

    public Path root() {
        return mountPoint;
    }

    /** From here on every write and flush fails, and what was not flushed is gone. */
    public void cutPower() throws IOException, InterruptedException {
        Commands.run(List.of("perl", "-e", CUT_POWER, mountPoint.toString()));
    }

    /** From here on whoever writes or flushes waits, and cannot even be killed, until {@link #goOn}. */
    public void standStill() throws IOException, InterruptedException {
        Commands.run(List.of("fsfreeze", "--freeze", mountPoint.toString()));
        standing = true;
    }

    public void goOn() throws IOException, InterruptedException {
        if (standing) {
            standing = false;
            Commands.run(List.of("fsfreeze", "--unfreeze", mountPoint.toString()));
        }
    }

    /** Mounts what survived, from a copy of the image, so that no state of the dead mount is met again. */
    public void restorePower() throws IOException, InterruptedException {
        Commands.run(List.of("umount", "-l", mountPoint.toString()));
        mounted = false;
        Path copy = image.resolveSibling(image.getFileName() + ".restored");
        Commands.run(List.of("cp", "--sparse=always", image.toString(), copy.toString()));
        image = copy;
        mount();
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            try {
                goOn();
                Commands.run(List.of("umount", "-l", mountPoint.toString()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
