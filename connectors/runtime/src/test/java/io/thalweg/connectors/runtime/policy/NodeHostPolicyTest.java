package io.thalweg.connectors.runtime.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodeHostPolicyTest {

    @TempDir
    Path directory;

    private NodeHostPolicy policy() {
        return new NodeHostPolicy(HostPolicyConfig.denyAll()
                .withPathRoots(List.of(directory.resolve("root")))
                .withCommands(List.of("python3")));
    }

    private static InetAddress address(String literal) throws Exception {
        return InetAddress.getAllByName(literal)[0];
    }

    @Test
    void pathsStayBelowTheRootsWhateverLinksSay() throws Exception {
        Path root = Files.createDirectories(directory.resolve("root"));
        Path outside = Files.writeString(directory.resolve("secret"), "s");
        Files.createSymbolicLink(root.resolve("link"), outside);
        Files.createSymbolicLink(root.resolve("up"), directory);
        Files.createSymbolicLink(root.resolve("nowhere"), directory.resolve("not-there-yet"));

        assertThat(policy().path(root.resolve("new/file").toString()))
                .isEqualTo(root.toRealPath().resolve("new/file"));
        for (String hostile : List.of("link", "up/secret", "nowhere", "../secret", "a/../../secret", "../root2/x")) {
            assertThatIllegalArgumentException().as(hostile).isThrownBy(() -> policy().path(root + "/" + hostile));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> policy().path("/etc/passwd"));
        assertThatIllegalArgumentException().isThrownBy(() -> policy().path("x\0y"));
        assertThatIllegalArgumentException().isThrownBy(() -> policy().path(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.1/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://0/",
                "http://0.0.0.0/",
                "http://10.1.2.3/",
                "http://172.16.0.1/",
                "http://192.168.0.1/",
                "http://169.254.169.254/latest/meta-data",
                "http://100.64.0.1/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://[::1]/",
                "http://[::]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[::127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[2002:7f00:1::]/",
                "http://[fc00::1]/",
                "http://[fe80::1]/",
                "http://[ff02::1]/",
                "http://user:pass@example.com/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "jar:http://example.com!/",
                "http:///nohost",
                "http://exa mple.com/",
                "//example.com"
            })
    void hostileUrlsAreRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> policy().url(url));
    }

    @Test
    void namesAndPublicAddressesPassAndTheirAddressesAreJudgedWhenKnown() throws Exception {
        assertThat(policy().url("https://example.com:8443/hook?x=1").getPort()).isEqualTo(8443);
        assertThat(policy().url("http://93.184.216.34/")).isNotNull();
        assertThat(policy().reachable(address("93.184.216.34"))).isTrue();
        assertThat(policy().reachable(address("127.0.0.1"))).isFalse();
        assertThat(policy().reachable(address("::1"))).isFalse();
    }

    @Test
    void theOperatorMayAllowRanges() throws Exception {
        NodeHostPolicy allowing =
                new NodeHostPolicy(HostPolicyConfig.denyAll().withEgressAllow(List.of("127.0.0.0/8", "10.1.0.0/16")));
        assertThat(allowing.reachable(address("127.0.0.1"))).isTrue();
        assertThat(allowing.reachable(address("10.1.255.1"))).isTrue();
        assertThat(allowing.reachable(address("10.2.0.1"))).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPolicyConfig.denyAll().withEgressAllow(List.of("localhost")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPolicyConfig.denyAll().withEgressAllow(List.of("10.0.0.0/33")));
    }

    @Test
    void onlyListedCommandsRun() {
        assertThat(policy().command(List.of("python3", "tap.py"))).containsExactly("python3", "tap.py");
        for (List<String> hostile : List.of(
                List.<String>of(), List.of("sh", "-c", "x"), List.of("/usr/bin/python3"), List.of("python3 "))) {
            assertThatIllegalArgumentException().isThrownBy(() -> policy().command(hostile));
        }
    }

    @Test
    void aListedCommandLineAllowsWhatBeginsWithItsWords() {
        NodeHostPolicy script = new NodeHostPolicy(
                HostPolicyConfig.denyAll().withCommands(List.of("python3 /opt/tap.py", "/opt/tool")));
        assertThat(script.command(List.of("python3", "/opt/tap.py", "--all"))).hasSize(3);
        assertThat(script.command(List.of("/opt/tool"))).hasSize(1);
        for (List<String> hostile : List.of(
                List.of("python3"),
                List.of("python3", "-c", "import os"),
                List.of("python3", "-i", "/opt/tap.py"),
                List.of("python3 /opt/tap.py"),
                List.of("tool"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> script.command(hostile));
        }
        for (String relative : List.of("./tap.sh", "bin/tap", " ")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HostPolicyConfig.denyAll().withCommands(List.of(relative)));
        }
    }

    @Test
    void secretsComeFromAllowedPlacesOnlyAndErrorsNameNoValue() throws Exception {
        Path root = Files.createDirectories(directory.resolve("secrets"));
        Files.writeString(root.resolve("db"), "user=me\npassword=hidden\n");
        Files.writeString(root.resolve("token"), "canary\n");
        SecretReferences secrets = new SecretReferences(
                HostPolicyConfig.denyAll().withSecrets(List.of(root), List.of("CONNECT_")),
                name -> name.equals("CONNECT_A") ? "fromEnv" : name.equals("HOME") ? "/root" : null);
        Redaction found = new Redaction();
        assertThat(secrets.resolve("k", "Bearer ${file:" + root + "/token}", found))
                .isEqualTo("Bearer canary");
        assertThat(secrets.resolve("k", "${file:" + root + "/db:password}", found))
                .isEqualTo("hidden");
        assertThat(secrets.resolve("k", "${env:CONNECT_A}", found)).isEqualTo("fromEnv");
        assertThat(found.apply("a canary, hidden fromEnv")).isEqualTo("a ********, ******** ********");
        for (String hostile : List.of(
                "${env:HOME}",
                "${env:CONNECT_B}",
                "${file:/etc/passwd}",
                "${file:" + root + "/../x}",
                "${file:" + root + "/db:absent}")) {
            assertThatIllegalArgumentException()
                    .as(hostile)
                    .isThrownBy(() -> secrets.resolve("k", hostile, new Redaction()))
                    .withMessageNotContaining("hidden")
                    .withMessageNotContaining("canary");
        }
    }
}
