package io.thalweg.launcher.command;

import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.logging.LogOutput;
import io.thalweg.launcher.node.BindPolicy;
import io.thalweg.launcher.node.FatalErrors;
import io.thalweg.launcher.node.Node;
import io.thalweg.launcher.node.NodeConfig;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code thalweg start}: runs a node until it is told to stop. */
@Command(
        name = "start",
        description = "Starts a node (the default command).",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Settings: defaults, then --conf files in order, then THALWEG_* variables, then flags.",
            "SIGTERM or SIGINT stops in order and exits 0; a second one exits at once."
        })
final class StartCommand implements Callable<Integer> {

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    @Option(names = "--ports-file", paramLabel = "FILE", description = "Written as JSON once the node is ready.")
    private @Nullable Path portsFile;

    /**
     * The command of a line that is nothing but flags and their values, which is how nodes are started: picocli's classes and its
     * reflection over this one are a fifth of what the start of a node costs.
     *
     * @return null for any other line, and for one that is wrong: that is for picocli to read, or to complain of
     */
    static @Nullable StartCommand plain(List<String> arguments) {
        StartCommand command = new StartCommand();
        Iterator<String> each = arguments.iterator();
        while (each.hasNext()) {
            String flag = each.next();
            boolean taken = flag.equals("--insecure")
                    ? command.options.takeInsecure()
                    : each.hasNext() && command.take(flag, each.next());
            if (!taken) {
                return null;
            }
        }
        return command;
    }

    private boolean take(String flag, String value) {
        // Another flag, or a file of arguments.
        if (value.isEmpty() || value.startsWith("-") || value.startsWith("@")) {
            return false;
        }
        try {
            if (flag.equals("--ports-file")) {
                boolean first = portsFile == null;
                portsFile = Path.of(value);
                return first;
            }
            return options.take(flag, value);
        } catch (InvalidPathException malformed) {
            return false;
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        TerminationSignal termination = TerminationSignal.install();
        FatalErrors.install();
        Settings settings = options.load(System.getenv());
        NodeConfig config = checked(settings);
        LogOutput.apply(settings.string("logging.level"), settings.string("logging.format"), levels(settings));
        Node node = started(config, termination);
        Banner.print(System.out, node, settings);
        if (portsFile != null) {
            writePorts(node, portsFile);
        }
        termination.await();
        Blocking.await(node.close());
        return 0;
    }

    /** As set; Hazelcast tells with a stack trace of each connection that ended, unless it was asked for: peers say the same in a line. */
    private static Map<String, String> levels(Settings settings) {
        Map<String, String> levels = new LinkedHashMap<>(settings.texts("logging.levels"));
        levels.putIfAbsent("com.hazelcast", "ERROR");
        return levels;
    }

    /** What {@code start} refuses before it starts anything. */
    static NodeConfig checked(Settings settings) {
        try {
            BindPolicy.check(settings);
            return NodeConfig.from(settings);
        } catch (SettingsException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    static Node started(NodeConfig config) throws InterruptedException {
        try {
            return Blocking.await(Node.start(config));
        } catch (Blocking.Failed e) {
            throw new CommandFailure("the node did not start: " + e.reason(), e);
        }
    }

    /**
     * A node of a cluster may wait for others for as long as it takes. Until it is ready nobody was served, and what is on
     * disk is as safe as after a kill -9: a signal ends the process at once.
     */
    private static Node started(NodeConfig config, TerminationSignal termination) throws InterruptedException {
        CompletableFuture<Node> starting =
                Node.start(config).toCompletionStage().toCompletableFuture();
        try {
            Blocking.await(CompletableFuture.anyOf(starting, termination.asked()));
            if (!starting.isDone()) {
                Runtime.getRuntime().halt(0);
            }
            return Blocking.await(starting);
        } catch (Blocking.Failed e) {
            throw new CommandFailure("the node did not start: " + e.reason(), e);
        }
    }

    private static void writePorts(Node node, Path file) throws InterruptedException {
        try {
            node.ports().write(file);
        } catch (IOException e) {
            Blocking.await(node.close());
            throw new CommandFailure("cannot write --ports-file: " + e, e);
        }
    }
}
