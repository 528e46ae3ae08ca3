package io.thalweg.launcher.command;

import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.demo.Demo;
import io.thalweg.launcher.demo.DemoFailure;
import io.thalweg.launcher.demo.DemoResult;
import io.thalweg.launcher.node.FatalErrors;
import io.thalweg.launcher.node.Node;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code thalweg demo}: a node, the flights, and what they showed. */
@Command(
        name = "demo",
        description = "Starts a node and runs 20,000 real flights through connectors, a stream and every door.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A connector publishes the flights from a file, a stream application computes mean and 95th percentile of",
            "the delay for each airport and hour, a connector writes them to files. Then each door publishes a share",
            "of the flights and reads all of them back. Each door takes its usual port, or any free one if that is",
            "taken. Without --data-dir everything is kept in a temporary directory, which goes when the demo ends;",
            "with it, files are in DIR-demo. Ends with exit code 0 if no flight was lost or counted twice and every",
            "door read the same records; with --keep-running it stays up until SIGTERM or Ctrl-C."
        })
final class DemoCommand implements Callable<Integer> {

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--keep-running", description = "Leave the node running to look around.")
    private boolean keepRunning;

    @Override
    public Integer call() throws Exception {
        TerminationSignal termination = TerminationSignal.install();
        FatalErrors.install();
        Path temporary = options.hasDataDirectory() ? null : Files.createTempDirectory("thalweg-demo");
        try {
            Settings settings = options.loadForDemo(System.getenv(), temporary);
            Node node = StartCommand.started(StartCommand.checked(settings));
            try {
                run(node, settings, temporary, termination);
            } finally {
                Blocking.await(node.close());
            }
        } finally {
            if (temporary != null) {
                DirectoryTree.delete(temporary);
            }
        }
        return 0;
    }

    private void run(Node node, Settings settings, @Nullable Path temporary, TerminationSignal termination)
            throws InterruptedException {
        PrintStream out = output.out();
        if (!output.json()) {
            Banner.print(out, node, settings);
            out.println();
            out.flush();
        }
        DemoResult result = result(node, options.demoFiles(temporary));
        output.print(result.toJson(), result::print);
        if (!output.json()) {
            whereToLook(out, node, result, temporary);
            output.flush();
        }
        if (keepRunning) {
            termination.await();
        }
    }

    private static DemoResult result(Node node, Path files) throws InterruptedException {
        try {
            return new Demo(node, files).run();
        } catch (DemoFailure e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void whereToLook(PrintStream out, Node node, DemoResult result, @Nullable Path temporary) {
        out.println();
        if (!keepRunning) {
            out.println("Run it with --keep-running to look around"
                    + (temporary == null ? "" : ", and with --data-dir DIR to keep the records") + ".");
            return;
        }
        String http = "http://127.0.0.1:" + node.ports().http();
        out.println("Look around (Ctrl-C ends it):");
        out.println("  " + http + "/console    in a browser");
        out.println("  curl '" + http + "/connect/connectors?expand=status'");
        out.println("  curl '" + http + "/v1/streams'");
        out.println("  curl '" + http + "/v1/topics/airport-delays/records?limit=3'");
        out.println("  curl '" + http + "/v1/topics/" + result.topic() + "/records?limit=3'");
        out.println("  curl -N '" + http + "/v1/topics/" + result.topic() + "/events?from=latest'");
        out.println("  curl '" + http + "/v1/groups'");
        out.println("  curl '" + http + "/metrics'");
        out.println("  kcat -b 127.0.0.1:" + node.ports().kafka() + " -t " + result.topic() + " -C -c 3");
    }
}
