package io.thalweg.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.cluster.ClusterSettings;
import io.thalweg.broker.peer.PeerConfig;
import io.thalweg.cluster.hazelcast.HazelcastClusterConfig;
import io.thalweg.gateway.eventbus.EventBusGatewayConfig;
import io.thalweg.gateway.http.HttpGatewayConfig;
import io.thalweg.gateway.kafka.KafkaGatewayConfig;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsLoader;
import io.thalweg.launcher.verticle.VerticleConfig;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

    @Test
    void theSchemasDefaultsAreTheModulesDefaults() throws SettingsException {
        NodeConfig config = NodeConfig.from(new SettingsLoader().load());

        assertThat(config.broker()).isEqualTo(BrokerConfig.defaults(Path.of("data")));
        assertThat(config.kafka()).isEqualTo(KafkaGatewayConfig.defaults());
        assertThat(config.eventBus()).isEqualTo(EventBusGatewayConfig.defaults());
        HttpGatewayConfig http = HttpGatewayConfig.defaults();
        assertThat(config.http())
                .usingRecursiveComparison()
                .ignoringFields("metricsText", "readiness")
                .isEqualTo(http);
    }

    @Test
    void aDoorThatIsSwitchedOffHasNoConfiguration() throws SettingsException {
        NodeConfig config = NodeConfig.from(new SettingsLoader()
                .set("kafka.enabled=false")
                .set("http.enabled=false")
                .load());

        assertThat(config.kafka()).isNull();
        assertThat(config.http()).isNull();
        assertThat(config.eventBus()).isNotNull();
    }

    @Test
    void aVerticleIsOneInstanceOnThreadsOfItsOwnUnlessItSaysOtherwise() throws SettingsException {
        NodeConfig config = NodeConfig.from(new SettingsLoader()
                .set("verticles=[{\"name\": \"java:com.acme.Clicks\", \"config\": {\"topic\": \"clicks\"}}]")
                .load());

        assertThat(config.verticles())
                .containsExactly(new VerticleConfig(
                        "com.acme.Clicks",
                        "com.acme.Clicks",
                        1,
                        ThreadingModel.WORKER,
                        4,
                        List.of(),
                        new JsonObject().put("topic", "clicks")));
    }

    @Test
    void aDoorOpenToTheNetworkIsRefusedUnlessInsecureWasAskedFor() throws SettingsException {
        SettingsLoader open = new SettingsLoader().set("kafka.host=0.0.0.0");

        SettingsException refusal = catchThrowableOfType(SettingsException.class, () -> BindPolicy.check(open.load()));

        assertThat(refusal).hasMessageContaining("kafka.host").hasMessageContaining("--insecure");
        BindPolicy.check(open.flag("security.insecure", "true", "--insecure").load());
    }

    @Test
    void aClosedDoorMayNameAnyAddress() throws SettingsException {
        BindPolicy.check(new SettingsLoader()
                .set("kafka.host=0.0.0.0")
                .set("kafka.enabled=false")
                .load());
    }

    @Test
    void aNodeIsAloneUnlessItIsToldOfACluster() throws SettingsException {
        assertThat(NodeConfig.from(new SettingsLoader().load()).cluster()).isNull();

        ClusterConfig cluster = NodeConfig.from(new SettingsLoader()
                        .set("cluster.enabled=true")
                        .set("cluster.members=10.0.0.1:5701,[::1]:5702")
                        .load())
                .cluster();

        assertThat(cluster).isNotNull();
        assertThat(cluster.membership().members()).containsExactly("10.0.0.1:5701", "[::1]:5702");
    }

    @Test
    void theSchemasDefaultsOfAClusterAreTheModulesDefaults() throws SettingsException {
        ClusterConfig cluster = cluster();

        assertThat(cluster.membership()).isEqualTo(HazelcastClusterConfig.of("127.0.0.1", 5701, List.of()));
        assertThat(cluster.peers()).isEqualTo(PeerConfig.of("127.0.0.1", 0, null, null));
        assertThat(cluster.broker())
                .usingRecursiveComparison()
                .ignoringFields("nodesExpected", "doors")
                .isEqualTo(ClusterSettings.defaults(true));
    }

    @Test
    void aClusterIsToldOfItsMembersAndOfTheDoorsThatOpen() throws SettingsException {
        assertThat(cluster().broker().nodesExpected()).isOne();
        assertThat(cluster("cluster.members=10.0.0.1:5701,10.0.0.2:5701")
                        .broker()
                        .nodesExpected())
                .isEqualTo(2);
        assertThat(cluster().broker().doors()).containsExactlyInAnyOrder("http", "kafka");
        assertThat(cluster("http.enabled=false").broker().doors()).containsExactly("kafka");
    }

    @Test
    void someTlsFilesWithoutTheOthersAreRefused(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("node.pem"), "");

        assertThat(catchThrowableOfType(SettingsException.class, () -> cluster("cluster.tlsCertificateFile=" + file)))
                .hasMessageContaining("cluster.tlsKeyFile");
        assertThat(catchThrowableOfType(
                        SettingsException.class,
                        () -> cluster(
                                "cluster.tlsCertificateFile=" + file,
                                "cluster.tlsKeyFile=" + directory.resolve("absent"),
                                "cluster.tlsTrustFile=" + file)))
                .hasMessageContaining("cluster.tlsKeyFile")
                .hasMessageContaining("not readable");
    }

    @Test
    void theFirstOfTheMembersFormsTheClusterAndWhoLooksForNobodyDoesToo() throws SettingsException {
        assertThat(cluster("cluster.port=5702", "cluster.members=127.0.0.1:5701,127.0.0.1:5702")
                        .broker()
                        .mayForm())
                .isFalse();
        assertThat(cluster("cluster.port=5701", "cluster.members=127.0.0.1:5701,127.0.0.1:5702")
                        .broker()
                        .mayForm())
                .isTrue();
        assertThat(cluster("cluster.host=localhost", "cluster.members=127.0.0.1:5701")
                        .broker()
                        .mayForm())
                .isTrue();
        assertThat(cluster("cluster.port=0", "cluster.members=").broker().mayForm())
                .isTrue();
    }

    private static ClusterConfig cluster(String... assignments) throws SettingsException {
        SettingsLoader loader = new SettingsLoader().set("cluster.enabled=true");
        for (String assignment : assignments) {
            loader.set(assignment);
        }
        return NodeConfig.from(loader.load()).cluster();
    }

    @Test
    void aWildcardIsNoAddressForOtherNodes() {
        SettingsException refusal =
                catchThrowableOfType(SettingsException.class, () -> cluster("cluster.host=0.0.0.0"));

        assertThat(refusal).hasMessageContaining("cluster.host").hasMessageContaining("wildcard");
    }

    @Test
    void aMemberWithoutAPortThatExistsIsNamed() {
        SettingsLoader wrong = new SettingsLoader().set("cluster.enabled=true").set("cluster.members=10.0.0.1:70000");

        assertThat(catchThrowableOfType(SettingsException.class, () -> NodeConfig.from(wrong.load())))
                .hasMessageContaining("cluster.members")
                .hasMessageContaining("10.0.0.1:70000");
    }

    @Test
    void theClustersPortIsOpenToTheNetworkOnlyWithASecretOrIfAskedFor(@TempDir Path directory) throws Exception {
        SettingsLoader open = new SettingsLoader().set("cluster.enabled=true").set("cluster.host=192.0.2.1");

        assertThat(catchThrowableOfType(SettingsException.class, () -> BindPolicy.check(open.load())))
                .hasMessageContaining("cluster.host")
                .hasMessageContaining("cluster.secretFile");

        Path file = secret(directory, "0123456789abcdef\n", "rw-------");
        BindPolicy.check(open.set("cluster.secretFile=" + file).load());
        BindPolicy.check(new SettingsLoader().set("cluster.host=192.0.2.1").load());
    }

    @Test
    void aSecretIsReadWithoutItsLineBreakAndNeverShown(@TempDir Path directory) throws Exception {
        Path file = secret(directory, "0123456789abcdef\n", "rw-------");
        NodeConfig config = NodeConfig.from(new SettingsLoader()
                .set("cluster.enabled=true")
                .set("cluster.secretFile=" + file)
                .load());

        assertThat(config.cluster().peers().secret()).isEqualTo("0123456789abcdef");
        assertThat(config.toString()).doesNotContain("0123456789abcdef");
    }

    @ParameterizedTest
    @CsvSource({"0123456789abcdef,rw-r-----,others may read", "short,rw-------,too short", ",,no such file"})
    void aSecretThatOthersReadOrThatIsShortOrAbsentIsRefused(
            @Nullable String content, @Nullable String permissions, String why, @TempDir Path directory)
            throws Exception {
        Path file = content == null ? directory.resolve("absent") : secret(directory, content, permissions);
        SettingsLoader wrong = new SettingsLoader().set("cluster.enabled=true").set("cluster.secretFile=" + file);

        assertThat(catchThrowableOfType(SettingsException.class, () -> NodeConfig.from(wrong.load())))
                .hasMessageContaining("cluster.secretFile")
                .hasMessageContaining(why)
                .hasMessageNotContaining("0123456789");
    }

    private static Path secret(Path directory, String content, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
