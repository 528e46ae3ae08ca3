package io.thalweg.connectors.process.child;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a child into a session and process group of its own and signals the group. Uses util-linux's setsid and setpriv
 * where they are (every Linux distribution has them); elsewhere the child's known descendants are signalled one by one.
 */
final class ProcessGroup {

    private static final Logger LOGGER = LoggerFactory.getLogger(ProcessGroup.class);
    private static final List<String> PLACES = List.of("/usr/bin", "/bin", "/usr/sbin");
    private static final @Nullable String SETSID = find("setsid");
    private static final @Nullable String SETPRIV = find("setpriv");
    private static final @Nullable String KILL = find("kill");
    private static final int SIGNAL_SECONDS_MAX = 10;

    private final Process leader;

    ProcessGroup(Process leader) {
        this.leader = leader;
    }

    /**
     * The command that runs {@code command} as the leader of a group of its own. With setpriv the kernel kills it when the
     * thread that started it ends, and so when the node is killed: two children never read one source at once.
     */
    static List<String> leading(List<String> command) {
        List<String> wrapped = new ArrayList<>();
        if (SETPRIV != null) {
            wrapped.addAll(List.of(SETPRIV, "--pdeathsig", "KILL"));
        }
        if (SETSID != null) {
            wrapped.add(SETSID);
        }
        wrapped.addAll(command);
        return wrapped;
    }

    /** Asks every process of the group to end. Blocks for milliseconds. */
    void terminate() {
        List<ProcessHandle> known = leader.descendants().toList();
        signal("TERM");
        known.forEach(ProcessHandle::destroy);
        leader.destroy();
    }

    /** Ends every process of the group. Blocks for milliseconds. */
    void kill() {
        List<ProcessHandle> known = leader.descendants().toList();
        leader.destroyForcibly();
        signal("KILL");
        known.forEach(ProcessHandle::destroyForcibly);
    }

    private void signal(String signal) {
        if (SETSID == null || KILL == null) {
            return;
        }
        try {
            Process kill = new ProcessBuilder(KILL, "-s", signal, "--", "-" + leader.pid())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(SIGNAL_SECONDS_MAX, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            LOGGER.atWarn().addKeyValue("pid", leader.pid()).setCause(e).log("a process group could not be signalled");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable String find(String tool) {
        for (String place : PLACES) {
            Path path = Path.of(place, tool);
            if (Files.isExecutable(path)) {
                return path.toString();
            }
        }
        return null;
    }
}
