package io.thalweg.system.cluster;

import io.thalweg.system.node.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Network namespaces for three nodes and a client as in {@link IsolatedNetwork}, at the same addresses, whose packets a process carries
 * that can delay, lose, double and throttle them. Needs root on Linux, iproute2 and Python; {@link #available} tells.
 */
final class SlowNetwork implements AutoCloseable {

    private static final List<Integer> PLACES = List.of(1, 2, 3, IsolatedNetwork.CLIENT);

    private final String prefix;
    private final Path control;
    private @Nullable Process carrier;

    private SlowNetwork(String prefix, Path control) {
        this.prefix = prefix;
        this.control = control;
    }

    static boolean available() {
        return IsolatedNetwork.available()
                && Files.exists(Path.of("/dev/net/tun"))
                && Files.isExecutable(Path.of("/usr/bin/python3"));
    }

    /** Makes the namespaces and starts the process. */
    static SlowNetwork create(Path directory) throws IOException, InterruptedException {
        SlowNetwork network =
                new SlowNetwork("ts" + ProcessHandle.current().pid() % 100_000, directory.resolve("network-control"));
        try {
            network.make();
            return network;
        } catch (IOException | InterruptedException failure) {
            network.close();
            throw failure;
        }
    }

    /** The network that another process made and carries. */
    static SlowNetwork of(String prefix, Path control) {
        return new SlowNetwork(prefix, control);
    }

    private void make() throws IOException, InterruptedException {
        for (int place : PLACES) {
            Commands.run(List.of("/usr/sbin/ip", "netns", "add", prefix + "-" + place));
        }
        Path script;
        try {
            script = Path.of(Objects.requireNonNull(SlowNetwork.class.getResource("/network/slow_network.py"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        String places = PLACES.stream().map(String::valueOf).collect(Collectors.joining(","));
        Process started = new ProcessBuilder("/usr/bin/python3", script.toString(), prefix, places, control.toString())
                .redirectErrorStream(true)
                .start();
        carrier = started;
        BufferedReader output = started.inputReader(StandardCharsets.UTF_8);
        String first = output.readLine();
        if (!"ready".equals(first)) {
            throw new IOException("the network's process did not start: " + first
                    + output.lines().collect(Collectors.joining("\n")));
        }
    }

    String prefix() {
        return prefix;
    }

    Path control() {
        return control;
    }

    /** What to put before a command so that it runs there. */
    String[] at(int place) {
        return new String[] {"/usr/sbin/ip", "netns", "exec", prefix + "-" + place};
    }

    /** What happens to packets of one direction. */
    record Way(int delayMillis, int jitterMillis, int lossPercent, int duplicatePercent, int kilobits) {

        static Way slow(int delayMillis, int jitterMillis, int lossPercent, int duplicatePercent) {
            return new Way(delayMillis, jitterMillis, lossPercent, duplicatePercent, 0);
        }

        static Way narrow(int kilobits) {
            return new Way(0, 0, 0, 0, kilobits);
        }
    }

    void set(int from, int to, Way way) throws IOException {
        tell("set " + from + " " + to + " " + way.delayMillis + " " + way.jitterMillis + " " + way.lossPercent + " "
                + way.duplicatePercent + " " + way.kilobits);
    }

    void heal() throws IOException {
        tell("heal");
    }

    private void tell(String command) throws IOException {
        Files.writeString(control, command + "\n", StandardOpenOption.WRITE);
    }

    @Override
    public void close() throws IOException {
        try {
            Process running = carrier;
            if (running != null) {
                running.destroyForcibly().waitFor();
            }
            for (int place : PLACES) {
                if (Files.exists(Path.of("/run/netns", prefix + "-" + place))) {
                    Commands.run(List.of("/usr/sbin/ip", "netns", "del", prefix + "-" + place));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
