package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes in processes of their own: killed, and paused for longer than a member may be silent. */
class ProcessFaultIT {

    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (Node node : nodes) {
            node.process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessThatIsKilledIsMissedAndOneThatIsPausedComesBack() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc")), "signals are sent with kill(1)");
        Node one = start(1);
        Node two = start(2, one);
        Node three = start(3, one, two);
        one.awaitLine("joined 2");
        one.awaitLine("joined 3");
        two.awaitLine("joined 3");

        long killed = System.nanoTime();
        three.signal("KILL");
        one.awaitLine("left 3");
        two.awaitLine("left 3");
        System.out.println("kill -9 of a member was seen after " + (System.nanoTime() - killed) / 1_000_000 + " ms");

        two.signal("STOP");
        one.awaitLine("left 2");
        two.signal("CONT");
        one.awaitLine("joined 2");
        // Whatever it went through, it sees what is so.
        two.ask("members");
        for (String line = TestNode.next(two.lines); !line.equals("members [1, 2]"); line = TestNode.next(two.lines)) {
            if (!line.startsWith("members ")) {
                two.ask("members"); // something happened: its answer may be another now
            }
        }
    }

    @Test
    void aNodeListensToMembersAndToTheEventBusAloneAndOnLoopback() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc")), "sockets are read from /proc");
        Node one = start(1);

        List<String> addresses = one.listening();

        assertThat(addresses).hasSize(2).allMatch(address -> address.endsWith("0100007F"), "127.0.0.1");
    }

    private Node start(int brokerId, Node... others) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MemberProcess.class.getName(),
                Integer.toString(brokerId),
                "0"));
        for (Node other : others) {
            command.add(other.address);
        }
        Node node = new Node(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        nodes.add(node);
        node.begin();
        return node;
    }

    /** A process and what it says. */
    private static final class Node {
        final Process process;
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        String address = "";

        Node(Process process) {
            this.process = process;
            Thread reader = new Thread(this::read);
            reader.setDaemon(true);
            reader.start();
        }

        void begin() {
            assertThat(TestNode.next(lines)).startsWith("started ");
            address = TestNode.next(lines).substring("listens ".length());
        }

        void awaitLine(String expected) {
            while (!TestNode.next(lines).equals(expected)) {
                // what came before
            }
        }

        void ask(String question) throws IOException {
            process.outputWriter().write(question + "\n");
            process.outputWriter().flush();
        }

        void signal(String name) throws Exception {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }

        /** The addresses of its listening sockets, as the kernel writes them. */
        List<String> listening() throws IOException {
            Set<String> inodes = new HashSet<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/fd"))) {
                for (Path file : files) {
                    inodes.add(Files.readSymbolicLink(file).toString());
                }
            }
            List<String> addresses = new ArrayList<>();
            for (String table : List.of("tcp", "tcp6")) {
                for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/net/" + table))) {
                    String[] fields = line.strip().split("\\s+");
                    if (fields[3].equals("0A") && inodes.contains("socket:[" + fields[9] + "]")) {
                        addresses.add(fields[1].substring(0, fields[1].indexOf(':')));
                    }
                }
            }
            return addresses;
        }

        private void read() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.startsWith("> ")) {
                        lines.add(line.substring(2));
                    } else {
                        System.out.println(process.pid() + ": " + line);
                    }
                }
            } catch (IOException ended) {
                lines.add("ended");
            }
        }
    }
}
