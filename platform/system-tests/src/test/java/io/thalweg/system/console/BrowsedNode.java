package io.thalweg.system.console;

import com.microsoft.playwright.options.ColorScheme;
import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;

/** A node, and a browser that looks at its console. */
final class BrowsedNode implements AutoCloseable {
    final NodeProcess node;
    final NodeApi api;
    private final Browser browser;

    private BrowsedNode(NodeProcess node, Browser browser) {
        this.node = node;
        this.api = new NodeApi(node.http());
        this.browser = browser;
    }

    /** Starts both, or skips the test where there is no browser. */
    static BrowsedNode in(Path directory, String... options) throws Exception {
        Browser browser = Browser.open();
        NodeProcess node = NodeProcess.in(directory).withOptions(options);
        try {
            node.start();
            return new BrowsedNode(node, browser);
        } catch (Exception | AssertionError failure) {
            node.close();
            browser.close();
            throw failure;
        }
    }

    WatchedPage page() {
        return browser.page(node.http());
    }

    WatchedPage page(int width, int height, ColorScheme theme) {
        return browser.page(node.http(), width, height, theme);
    }

    @Override
    public void close() {
        browser.close();
        node.close();
    }
}
