package io.thalweg.launcher.command;

import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsLoader;
import io.thalweg.launcher.logging.LogOutput;
import io.thalweg.launcher.node.Node;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;

/**
 * {@code thalweg class-archive}: a node alone, then a cluster of three, all in this process, for a moment. For the build, whose
 * JVM writes the classes that were loaded into the archive that {@code bin/thalweg} starts from. Most of the time of a start is
 * loading and checking classes, and Hazelcast has more of them than all the rest.
 */
@Command(
        name = "class-archive",
        hidden = true,
        description = "Starts and stops a node and a cluster of three: for a JVM that archives its classes at exit.",
        mixinStandardHelpOptions = true)
final class ClassArchiveCommand implements Callable<Integer> {

    /** An archive is worth no build that hangs. */
    private static final int PATIENCE_SECONDS = 60;

    private static final String HOST = "127.0.0.1";
    private static final String TOPIC = "records";
    private static final List<String> ASKED = List.of("/health/ready", "/v1/cluster", "/v1/topics", "/metrics");

    @Override
    public Integer call() throws Exception {
        LogOutput.apply("INFO", "text", Map.of("com.hazelcast", "ERROR"));
        Path directory = Files.createTempDirectory("thalweg-classes");
        try {
            readLine(directory);
            Node alone = await(Node.start(StartCommand.checked(alone(directory))));
            use(List.of(alone));
            Node first = await(Node.start(StartCommand.checked(member(directory, 1, ""))));
            String members = HOST + ":" + first.ports().cluster();
            // At the same time, as nodes are started.
            Future<Node> second = Node.start(StartCommand.checked(member(directory, 2, members)));
            Future<Node> third = Node.start(StartCommand.checked(member(directory, 3, members)));
            use(List.of(first, await(second), await(third)));
        } finally {
            DirectoryTree.delete(directory);
        }
        return 0;
    }

    /** As {@code thalweg start} reads its own. */
    private static void readLine(Path directory) {
        StartCommand line = StartCommand.plain(List.of("--data-dir", directory.toString(), "--set", "http.port=0"));
        if (line == null) {
            throw new CommandFailure("a plain line was not taken for one");
        }
    }

    private static Settings alone(Path directory) {
        return settings(loader(directory, 0));
    }

    private static Settings member(Path directory, int node, String members) {
        return settings(loader(directory, node)
                .flag("node.id", Integer.toString(node), "class-archive")
                .flag("cluster.enabled", "true", "class-archive")
                .flag("cluster.host", HOST, "class-archive")
                .flag("cluster.port", "0", "class-archive")
                .flag("cluster.members", members, "class-archive"));
    }

    private static SettingsLoader loader(Path directory, int node) {
        SettingsLoader loader = new SettingsLoader()
                .flag("node.dataDirectory", directory.resolve("node-" + node).toString(), "class-archive")
                .flag("log.journalBytes", Integer.toString(4 << 20), "class-archive");
        for (String door : new String[] {"http", "kafka", "eventBus"}) {
            loader.flag(door + ".host", HOST, "class-archive").flag(door + ".port", "0", "class-archive");
        }
        return loader;
    }

    private static Settings settings(SettingsLoader loader) {
        try {
            return loader.load();
        } catch (SettingsException wrong) {
            throw new CommandFailure(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /** What every node does sooner or later, and then an ordered end. */
    private static void use(List<Node> nodes) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        for (Node node : nodes) {
            for (String path : ASKED) {
                ask(http, node, path);
            }
        }
        Node last = nodes.get(nodes.size() - 1);
        await(last.client().topics().create(NewTopic.named(TOPIC, nodes.size()), false));
        publish(last, nodes.size());
        for (Node node : nodes) {
            await(node.close());
        }
    }

    private static void ask(HttpClient http, Node node, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + HOST + ":" + node.ports().http() + path);
        var unused = http.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                        .build(),
                BodyHandlers.discarding());
    }

    private static void publish(Node node, int partitions) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", HOST + ":" + node.ports().kafka()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int partition = 0; partition < partitions; partition++) {
                var unused = producer.send(new ProducerRecord<>(TOPIC, partition, null, new byte[1]))
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
