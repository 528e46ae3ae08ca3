package io.thalweg.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes leave behind them, and who may remove it. */
class PrivateDirectoriesIT {

    private static final String OTHERS = "thalweg-process-others";

    @TempDir
    Path parent;

    @TempDir
    Path elsewhere;

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(parent)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private Path left() throws IOException {
        Files.createFile(parent.resolve(OTHERS + ".lock"));
        Path child = Files.createDirectories(parent.resolve(OTHERS).resolve("child-1"));
        Files.writeString(child.resolve("config.json"), "{\"password\":\"canary\"}");
        return child;
    }

    @Test
    void theLastDirectoryTakesEverythingWithIt() throws Exception {
        PrivateDirectories directories = new PrivateDirectories(parent);
        Path one = directories.create();
        Path two = directories.create();
        assertThat(Files.getPosixFilePermissions(one)).hasSize(3);
        Files.writeString(one.resolve("config.json"), "{}");
        directories.remove(one);
        assertThat(two).exists();
        directories.remove(two);
        assertThat(names()).isEmpty();

        directories.remove(directories.create());
        assertThat(names()).isEmpty();
    }

    /** The lock ends with its process however that ends. */
    @Test
    void whatAProcessLeftIsRemovedOnceTheProcessIsGone() throws Exception {
        Path child = left();
        Process holder = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); "
                                + "print('held', flush=True); sys.stdin.read()",
                        parent.resolve(OTHERS + ".lock").toString())
                .start();
        try (var said = holder.inputReader()) {
            assertThat(said.readLine()).isEqualTo("held");
            new PrivateDirectories(parent).sweep();
            assertThat(child.resolve("config.json")).exists();
        } finally {
            holder.destroyForcibly();
            holder.waitFor();
        }
        new PrivateDirectories(parent).sweep();
        assertThat(names()).isEmpty();
    }

    @Test
    void aSweepLeavesWhatIsInUseHere() throws Exception {
        PrivateDirectories directories = new PrivateDirectories(parent);
        Path used = directories.create();
        left();
        directories.sweep();
        assertThat(used).exists();
        assertThat(names()).hasSize(2).noneMatch(name -> name.startsWith(OTHERS));
        directories.remove(used);
        assertThat(names()).isEmpty();
    }

    /** Anybody may put names into a directory for temporary files. */
    @Test
    void aSweepFollowsNoLinks() throws Exception {
        Path kept = Files.writeString(elsewhere.resolve("kept"), "x");
        Files.createFile(parent.resolve(OTHERS + ".lock"));
        Files.createSymbolicLink(parent.resolve(OTHERS), elsewhere);
        Path target = Files.createFile(elsewhere.resolve("target"));
        Files.createSymbolicLink(parent.resolve("thalweg-process-link.lock"), target);
        Path child = Files.createDirectories(parent.resolve("thalweg-process-inner"));
        Files.createFile(parent.resolve("thalweg-process-inner.lock"));
        Files.createSymbolicLink(child.resolve("out"), elsewhere);

        new PrivateDirectories(parent).sweep();

        assertThat(kept).exists();
        assertThat(target).exists();
        assertThat(child).doesNotExist();
    }
}
