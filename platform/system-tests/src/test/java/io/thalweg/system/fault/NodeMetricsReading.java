package io.thalweg.system.fault;

import io.thalweg.system.node.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What a node's {@code /metrics} say. */
final class NodeMetricsReading {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private NodeMetricsReading() {}

    /** The sum over the lines of this name whose labels match, or that have none; 0 if there is no such line. */
    static double sum(NodeProcess node, String name, String labels) throws IOException, InterruptedException {
        String text = HTTP.send(
                        HttpRequest.newBuilder(URI.create(node.http() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Pattern line = Pattern.compile(Pattern.quote(name) + "(\\{" + labels + "\\})? (\\S+)");
        return text.lines()
                .map(line::matcher)
                .filter(java.util.regex.Matcher::matches)
                .mapToDouble(match -> Double.parseDouble(match.group(2)))
                .sum();
    }

    /** Heap in use after a collection. */
    static double heapMib(NodeProcess node) throws IOException, InterruptedException {
        Process collected = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(node.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (collected.waitFor() != 0) {
            throw new IOException("jcmd GC.run failed: exitCode=" + collected.exitValue());
        }
        return sum(node, "jvm_memory_used_bytes", ".*area=\"heap\".*") / (1 << 20);
    }
}
