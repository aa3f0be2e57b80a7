using System.Xml;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>Reads values out of the bucket's smaller documents, whatever namespace a server gives them.</summary>
internal static class BucketXml
{
    public static IReadOnlyList<string> Values(string text, string element)
    {
        try
        {
            return [.. XDocument.Parse(text).Descendants().Where(each => each.Name.LocalName == element).Select(each => each.Value.Trim())];
        }
        catch (XmlException unreadable)
        {
            throw new UnexpectedDocumentException($"The server's answer is no XML: {unreadable.Message}", unreadable);
        }
    }

    public static bool IsTrue(string text, string element) => Values(text, element) is [var value] && value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
