package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.MembershipListener;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A node that is nothing but its membership, in a process of its own: {@code MemberProcess <broker id> <port> <member>...}. Says
 * what it sees on standard output, a line for each event, and answers "members" and "memory" on standard input. Ends when that
 * does.
 */
public final class MemberProcess {

    private MemberProcess() {}

    public static void main(String[] arguments) throws IOException {
        int brokerId = Integer.parseInt(arguments[0]);
        HazelcastClusterConfig config = HazelcastClusterConfig.of(
                "127.0.0.1", Integer.parseInt(arguments[1]), List.of(arguments).subList(2, arguments.length));
        Member local = new Member(brokerId, 1, new PeerAddress("127.0.0.1", 10_000 + brokerId), null, null);
        HazelcastCluster cluster = new HazelcastCluster(config, Clock.system(), vertx -> Future.succeededFuture(local));
        Vertx vertx = TestNode.await(Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(4))
                .withClusterManager(cluster.clusterManager())
                .buildClustered());
        say("started " + ManagementFactory.getRuntimeMXBean().getUptime() + " ms");
        say("listens " + cluster.address());
        cluster.membership().listen(Runnable::run, new MembershipListener() {
            @Override
            public void onJoined(Member member) {
                say("joined " + member.brokerId());
            }

            @Override
            public void onLeft(Member member) {
                say("left " + member.brokerId());
            }

            @Override
            public void onRejoining(String reason) {
                say("rejoining");
            }

            @Override
            public void onRejoined() {
                say("rejoined");
            }
        });
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("memory")) {
                System.gc();
                say("resident " + residentKib() + " KiB");
            } else if (command.equals("members")) {
                say("members "
                        + cluster.membership().members().stream()
                                .map(Member::brokerId)
                                .sorted()
                                .toList());
            }
        }
        TestNode.await(vertx.close());
    }

    private static String residentKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return line.replaceAll("\\D", "");
            }
        }
        return "unknown";
    }

    private static synchronized void say(String line) {
        System.out.println("> " + line);
    }
}
