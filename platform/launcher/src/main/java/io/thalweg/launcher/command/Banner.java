package io.thalweg.launcher.command;

import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.node.DoorPorts;
import io.thalweg.launcher.node.Node;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** The few lines that a node prints once it is ready. */
final class Banner {

    private Banner() {}

    static void print(PrintStream out, Node node, Settings settings) {
        DoorPorts ports = node.ports();
        StringBuilder text = new StringBuilder();
        line(text, "Thalweg " + Version.current() + ", node " + ports.nodeId() + ", ready");
        if (ports.http() != null) {
            String http = "http://" + address(settings, "http", ports.http());
            line(text, "  HTTP       " + http);
            if (node.config().console()) {
                line(text, "  Console    " + http + "/console");
            }
        }
        if (ports.kafka() != null) {
            line(text, "  Kafka      " + address(settings, "kafka", ports.kafka()));
        }
        if (ports.eventBus() != null) {
            line(text, "  Event bus  " + address(settings, "eventBus", ports.eventBus()));
        }
        if (ports.cluster() != null) {
            line(text, "  Cluster    " + address(settings, "cluster", ports.cluster()) + ", " + members(node));
        }
        line(
                text,
                "  Data       "
                        + node.config()
                                .broker()
                                .dataDirectory()
                                .toAbsolutePath()
                                .normalize() + " (" + settings.string("log.durability") + ")");
        if (ports.http() != null) {
            String records = "http://" + address(settings, "http", ports.http()) + "/v1/topics/hello/records";
            line(text, "  Publish    curl -H 'Content-Type: text/plain' -d 'hello' '" + records + "?key=me'");
            line(text, "  Read       curl '" + records + "?from=earliest'");
        }
        out.print(text);
        out.flush();
    }

    /** The nodes that this one knows now; more may come at any time. */
    private static String members(Node node) {
        List<BrokerNode> brokers = node.broker().api().cluster().brokers();
        return "nodes "
                + brokers.stream()
                        .map(broker -> broker.id() + (broker.alive() ? "" : " (away)"))
                        .collect(Collectors.joining(", "));
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }

    /** An address that a client on this machine can use: a wildcard is no destination. */
    private static String address(Settings settings, String door, int port) {
        String host = settings.string(door + ".host");
        if (host.equals("0.0.0.0") || host.equals("::")) {
            host = "127.0.0.1";
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
