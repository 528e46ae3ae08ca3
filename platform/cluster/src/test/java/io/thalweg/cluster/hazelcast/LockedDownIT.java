package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MetadataPolicy;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody gets who reaches a member's port, or even its maps. */
class LockedDownIT {

    private static volatile boolean ran;

    private TestNode node;

    @BeforeEach
    void start() {
        ran = false;
        node = TestNode.start(1);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void onlyMembersAreServed() throws Exception {
        for (String greeting : List.of("GET /hazelcast/rest/cluster HTTP/1.1\r\n\r\n", "CP2", "stats\r\n", "XYZ")) {
            try (Socket stranger = new Socket(
                    InetAddress.getLoopbackAddress(), node.cluster.address().port())) {
                stranger.setSoTimeout(30_000);
                stranger.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                assertThat(readUntilClosed(stranger)).as(greeting).isEmpty();
            }
        }
    }

    @Test
    void classesOfOthersAreNotDeserialised() {
        IMap<String, Object> map = node.session().instance().getMap("anything");
        map.set("gadget", new Gadget());

        assertThatThrownBy(() -> map.get("gadget"))
                .isInstanceOf(HazelcastSerializationException.class)
                .hasRootCauseInstanceOf(SecurityException.class);
        assertThat(ran).isFalse();
        map.set("harmless", new java.util.ArrayList<>(List.of("text", 1L)));
        assertThat(map.get("harmless")).isEqualTo(List.of("text", 1L));
    }

    @Test
    void whatIsNotNeededIsOff() {
        Config config = node.session().instance().getConfig();
        JoinConfig join = config.getAdvancedNetworkConfig().getJoin();

        assertThat(config.getAdvancedNetworkConfig().isEnabled()).isTrue();
        assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
        assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
        assertThat(config.getJetConfig().isEnabled()).isFalse();
        assertThat(config.getJetConfig().isResourceUploadEnabled()).isFalse();
        assertThat(config.getManagementCenterConfig().isScriptingEnabled()).isFalse();
        assertThat(config.getManagementCenterConfig().isConsoleEnabled()).isFalse();
        assertThat(config.getManagementCenterConfig().isDataAccessEnabled()).isFalse();
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
        assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
    }

    /** A map of bytes starts all of the JVM's management at its first use. */
    @Test
    void mapsAreKeptAsTheyCostLeast() {
        Config config = node.session().instance().getConfig();

        for (String map : List.of(SharedOwnership.MAP, "__vertx.nodeInfo")) {
            assertThat(config.getMapConfig(map).getInMemoryFormat()).isEqualTo(InMemoryFormat.OBJECT);
            assertThat(config.getMapConfig(map).getMetadataPolicy()).isEqualTo(MetadataPolicy.OFF);
        }
    }

    private static byte[] readUntilClosed(Socket stranger) throws IOException {
        try {
            return stranger.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    /** A class that does something when it is read. */
    private static final class Gadget implements Serializable {

        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) {
            ran = true;
        }
    }
}
